from firstline.core.rooms import Room


class ReportsRoom(Room):
    name = "firstline.insight.reports"
    label = "reports"
