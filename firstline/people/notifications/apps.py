from firstline.core.rooms import Room


class NotificationsRoom(Room):
    name = "firstline.people.notifications"
    label = "notifications"
