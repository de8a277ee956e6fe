from firstline.core.rooms import Room


class DeskDoor(Room):
    name = "firstline.doors.desk"
    label = "desk"
