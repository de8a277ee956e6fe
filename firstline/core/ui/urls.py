"""Where assets, the theme switch and the gallery live."""

from django.urls import path

from firstline.core.ui.screens.asset import asset
from firstline.core.ui.screens.gallery import gallery
from firstline.core.ui.screens.theme import theme

app_name = "ui"
urlpatterns = [
    path("assets/<str:name>", asset, name="asset"),
    path("theme", theme, name="theme"),
    path("gallery", gallery, name="gallery"),
]
