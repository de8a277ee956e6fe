from django.urls import path

from .screens import choices, devices, inbox, targets, wordings

app_name = "notifications"
urlpatterns = [
    path("notices", inbox.inbox, name="inbox"),
    path("notices/bell", inbox.bell, name="bell"),
    path("notices/read", inbox.read_all, name="read_all"),
    path("notices/choices", choices.choices, name="choices"),
    path("notices/choices/kinds", choices.kinds, name="kinds"),
    path("notices/choices/rhythm", choices.rhythm, name="rhythm"),
    path("notices/devices", devices.devices, name="devices"),
    path("notices/devices/<int:pk>/removal", devices.removal, name="device_removal"),
    path("notices/devices/<int:pk>/trial", devices.trial, name="device_trial"),
    path("service-worker.js", devices.worker, name="worker"),
    path("settings/chats", targets.targets, name="targets"),
    path("settings/chats/new", targets.new, name="new_target"),
    path("settings/chats/<int:pk>", targets.target, name="target"),
    path("settings/chats/<int:pk>/trial", targets.trial, name="target_trial"),
    path("settings/chats/<int:pk>/removal", targets.removal, name="target_removal"),
    path("settings/notices", wordings.wordings, name="wordings"),
    path("settings/notices/<str:kind>/<slug:language>", wordings.wording, name="wording"),
    path("settings/notices/<str:kind>/<slug:language>/original", wordings.original, name="original"),
    path("notices/<int:pk>", inbox.follow, name="notice"),
    path("notices/<int:pk>/read", inbox.read, name="read"),
]
