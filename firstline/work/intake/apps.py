from firstline.core.rooms import Room


class IntakeRoom(Room):
    name = "firstline.work.intake"
    label = "intake"

    def ready(self) -> None:
        super().ready()
        from firstline.core import files  # noqa: PLC0415 -- needs loaded apps

        from .models import AnswerFile  # noqa: PLC0415 -- needs loaded apps

        files.refer(AnswerFile, "sha256")  # or the sweep would take them for litter
