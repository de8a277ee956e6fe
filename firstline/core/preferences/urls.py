from django.urls import path

from .screens.section import index, section

app_name = "preferences"
urlpatterns = [
    path("settings/preferences", index, name="index"),
    path("settings/<slug:section>", section, name="section"),
]
