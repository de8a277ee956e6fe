from django.urls import path

from .screens import keys, mine, settings, task, ticket

app_name = "tasks"
urlpatterns = [
    path("tasks", mine.mine, name="mine"),
    path("tasks/changes", mine.changes, name="changes"),
    path("tasks/files/<int:pk>", task.file, name="file"),
    path("tasks/<int:pk>", task.task, name="task"),
    path("tasks/<int:pk>/edit", task.edit, name="edit"),
    path("tasks/<int:pk>/progress", task.progress, name="progress"),
    path("tasks/<int:pk>/place", task.place, name="place"),
    path("tasks/<int:pk>/remarks", task.remarks, name="remarks"),
    path("tasks/<int:pk>/files", task.files, name="files"),
    path("tasks/<int:pk>/files/<int:file>/removal", task.file_removal, name="remove_file"),
    path("tasks/<int:pk>/keys", keys.keys, name="keys"),
    path("tasks/<int:pk>/keys/<int:key>/sight", keys.sight, name="show_key"),
    path("tasks/<int:pk>/keys/<int:key>/removal", keys.removal, name="remove_key"),
    path("tasks/<int:pk>/time", task.time, name="time"),
    path("tasks/<int:pk>/time/<int:spent>/removal", task.time_removal, name="remove_time"),
    path("tickets/<int:pk>/tasks", ticket.tasks, name="of_ticket"),
    path("tickets/<int:pk>/tasks/new", ticket.new, name="new"),
    path("tickets/<int:pk>/tasks/removal", ticket.removal, name="removal"),
    path("tickets/<int:pk>/checklist", ticket.checklist, name="put"),
    path("settings/checklists", settings.checklists, name="checklists"),
    path("settings/checklists/new", settings.new_checklist, name="new_checklist"),
    path("settings/checklists/<int:pk>", settings.checklist, name="checklist"),
    path("settings/checklists/<int:pk>/items/new", settings.new_item, name="new_item"),
    path("settings/checklists/<int:pk>/items/<int:item>", settings.item, name="item"),
    path("settings/checklists/<int:pk>/items/<int:item>/removal", settings.item_removal, name="remove_item"),
    path("settings/checklists/<int:pk>/items/<int:item>/place", settings.item_place, name="place_item"),
]
