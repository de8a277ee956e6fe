from firstline.core.rooms import Room


class TriageRoom(Room):
    name = "firstline.flow.triage"
    label = "triage"
