from django.urls import path

from .screens import intake, sources

app_name = "alerts"
urlpatterns = [
    path("alerts/in/", intake.intake, name="intake_by_header"),
    path("alerts/in/<str:token>/", intake.intake, name="intake"),
    path("alerts/in/<str:token>", intake.intake, name="intake_short"),
    path("settings/alerts", sources.sources, name="sources"),
    path("settings/alerts/new", sources.new, name="new"),
    path("settings/alerts/<int:pk>", sources.source, name="source"),
    path("settings/alerts/<int:pk>/address", sources.address, name="address"),
    path("settings/alerts/<int:pk>/sample", sources.sample, name="sample"),
    path("settings/alerts/<int:pk>/messages/<int:message>", sources.message, name="message"),
]
