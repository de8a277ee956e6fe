from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "firstline.core.events"
    label = "events"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate  # noqa: PLC0415, TID251 -- Django's only hook after `migrate`

        from .protection import protect  # noqa: PLC0415 -- needs loaded apps

        post_migrate.connect(protect, sender=self, dispatch_uid="events.protect")
