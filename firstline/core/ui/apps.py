"""The design system as a Django app, so that its templates and assets are found."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No models; templates, assets and three small screens."""

    name = "firstline.core.ui"
    label = "ui"
