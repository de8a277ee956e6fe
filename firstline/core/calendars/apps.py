from firstline.core.rooms import Room


class CalendarsRoom(Room):
    name = "firstline.core.calendars"
    label = "calendars"
