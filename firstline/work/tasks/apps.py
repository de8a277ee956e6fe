from firstline.core.rooms import Room


class TasksRoom(Room):
    name = "firstline.work.tasks"
    label = "tasks"

    def ready(self) -> None:
        super().ready()
        from firstline.core import files  # noqa: PLC0415 -- needs loaded apps

        from .models import TaskFile  # noqa: PLC0415 -- needs loaded apps

        files.refer(TaskFile, "sha256")  # or the sweep would take them for litter
