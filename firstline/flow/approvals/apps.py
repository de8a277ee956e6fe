from firstline.core.rooms import Room


class ApprovalsRoom(Room):
    name = "firstline.flow.approvals"
    label = "approvals"
