from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "firstline.core.events"
    label = "events"
