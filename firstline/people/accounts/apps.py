from firstline.core.rooms import Room


class AccountsRoom(Room):
    name = "firstline.people.accounts"
    label = "accounts"
