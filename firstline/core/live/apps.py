from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "firstline.core.live"
    label = "live"
