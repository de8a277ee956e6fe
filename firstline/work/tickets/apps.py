from firstline.core.rooms import Room


class TicketsRoom(Room):
    name = "firstline.work.tickets"
    label = "tickets"
