from django.urls import path

from .screens import desk

app_name = "reports"
urlpatterns = [
    path("reports", desk.reports, name="reports"),
]
