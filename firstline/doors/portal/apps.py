from firstline.core.rooms import Room


class PortalDoor(Room):
    name = "firstline.doors.portal"
    label = "portal"
