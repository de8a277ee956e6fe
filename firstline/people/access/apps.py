from firstline.core.rooms import Room


class AccessRoom(Room):
    name = "firstline.people.access"
    label = "access"

    def ready(self) -> None:
        super().ready()
        from firstline.core.actions import plug_in_permissions  # noqa: PLC0415 -- needs loaded apps

        from .rules import may  # noqa: PLC0415 -- needs loaded apps

        plug_in_permissions(may)
