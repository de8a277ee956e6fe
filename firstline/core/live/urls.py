from django.urls import path

from firstline.core.live.screens.presence import presence

app_name = "live"
urlpatterns = [path("presence", presence, name="presence")]
