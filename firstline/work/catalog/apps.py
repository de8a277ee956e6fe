from firstline.core.rooms import Room


class CatalogRoom(Room):
    name = "firstline.work.catalog"
    label = "catalog"
