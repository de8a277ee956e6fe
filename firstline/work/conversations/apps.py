from firstline.core.rooms import Room


class ConversationsRoom(Room):
    name = "firstline.work.conversations"
    label = "conversations"
