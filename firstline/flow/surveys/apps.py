from firstline.core.rooms import Room


class SurveysRoom(Room):
    name = "firstline.flow.surveys"
    label = "surveys"
