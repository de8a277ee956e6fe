"""Every address of the product, by room."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

handler500 = "firstline.config.errors.server_error"
