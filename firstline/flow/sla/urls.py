from django.urls import path

from .screens import agreements, clocks

app_name = "sla"
urlpatterns = [
    path("settings/agreements", agreements.agreements, name="agreements"),
    path("settings/agreements/begin", agreements.begin, name="begin"),
    path("settings/agreements/new", agreements.new, name="new"),
    path("settings/agreements/<int:pk>", agreements.agreement, name="agreement"),
    path("tickets/<int:pk>/clocks", clocks.clocks, name="clocks"),
]
