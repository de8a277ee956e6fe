from firstline.core.rooms import Room


class WorkflowsRoom(Room):
    name = "firstline.flow.workflows"
    label = "workflows"
