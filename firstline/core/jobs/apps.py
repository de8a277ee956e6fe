from firstline.core.rooms import Room


class JobsRoom(Room):
    name = "firstline.core.jobs"
    label = "jobs"

    def ready(self) -> None:
        super().ready()
        from . import loops  # noqa: PLC0415 -- needs loaded apps
        from .dispatch import dispatch  # noqa: PLC0415 -- needs loaded apps

        loops.register("events: seal and hand on", dispatch, every=0.15)
