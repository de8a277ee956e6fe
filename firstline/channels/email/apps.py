from firstline.core.rooms import Room


class EmailRoom(Room):
    name = "firstline.channels.email"
    label = "email"

    def ready(self) -> None:
        super().ready()
        from firstline.core import files  # noqa: PLC0415 -- needs loaded apps

        from .models import OutgoingMail, RawMail  # noqa: PLC0415 -- needs loaded apps

        files.refer(RawMail, "sha256")
        files.refer(OutgoingMail, "sha256")
