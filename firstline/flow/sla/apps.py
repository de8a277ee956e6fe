from firstline.core.rooms import Room


class SlaRoom(Room):
    name = "firstline.flow.sla"
    label = "sla"
