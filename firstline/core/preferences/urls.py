from django.urls import path

from .screens.section import section

app_name = "preferences"
urlpatterns = [path("settings/<slug:section>", section, name="section")]
