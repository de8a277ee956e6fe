from firstline.core.rooms import Room


class ConversationsRoom(Room):
    name = "firstline.work.conversations"
    label = "conversations"

    def ready(self) -> None:
        super().ready()
        from firstline.core import files  # noqa: PLC0415 -- needs loaded apps

        from .models import Attachment  # noqa: PLC0415 -- needs loaded apps

        files.refer(Attachment, "sha256")  # or the sweep would take them for litter
