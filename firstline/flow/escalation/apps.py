from firstline.core.rooms import Room


class EscalationRoom(Room):
    name = "firstline.flow.escalation"
    label = "escalation"
