from firstline.core.rooms import Room


class OrganisationsRoom(Room):
    name = "firstline.people.organisations"
    label = "organisations"
