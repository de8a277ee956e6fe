from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251 -- Django's only hook after `migrate`


class EventsConfig(AppConfig):
    name = "firstline.core.events"
    label = "events"

    def ready(self) -> None:
        from .protection import protect  # noqa: PLC0415 -- needs loaded apps

        post_migrate.connect(protect, sender=self, dispatch_uid="events.protect")
