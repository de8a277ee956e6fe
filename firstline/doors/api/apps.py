from firstline.core.rooms import Room


class ApiDoor(Room):
    name = "firstline.doors.api"
    label = "api"
