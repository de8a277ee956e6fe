from firstline.core.rooms import Room


class AutomationsRoom(Room):
    name = "firstline.flow.automations"
    label = "automations"
