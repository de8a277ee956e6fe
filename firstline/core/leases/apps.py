from django.apps import AppConfig


class LeasesConfig(AppConfig):
    name = "firstline.core.leases"
    label = "leases"
