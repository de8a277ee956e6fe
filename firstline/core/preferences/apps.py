from firstline.core.rooms import Room


class PreferencesRoom(Room):
    name = "firstline.core.preferences"
    label = "preferences"

    def ready(self) -> None:
        super().ready()
        from django.db.models.signals import post_migrate  # noqa: PLC0415, TID251 -- needs loaded apps

        from . import house, reading  # noqa: F401, PLC0415 -- needs loaded apps

        post_migrate.connect(lambda **_: reading.forget(), sender=self, weak=False, dispatch_uid="preferences.forget")
