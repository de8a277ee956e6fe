from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "firstline.channels.transfer"
    label = "transfer"
