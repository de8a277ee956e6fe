"""Every address of the product, by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("firstline.core.ui.urls")),
]

handler500 = "firstline.config.errors.server_error"
