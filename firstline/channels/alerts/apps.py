from firstline.core.rooms import Room


class AlertsRoom(Room):
    name = "firstline.channels.alerts"
    label = "alerts"
