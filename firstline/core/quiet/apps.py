from firstline.core.rooms import Room


class QuietRoom(Room):
    name = "firstline.core.quiet"
    label = "quiet"
