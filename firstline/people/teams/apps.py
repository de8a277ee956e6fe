from firstline.core.rooms import Room


class TeamsRoom(Room):
    name = "firstline.people.teams"
    label = "teams"
