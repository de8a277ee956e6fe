from django.urls import path

from .screens import choices, inbox

app_name = "notifications"
urlpatterns = [
    path("notices", inbox.inbox, name="inbox"),
    path("notices/bell", inbox.bell, name="bell"),
    path("notices/read", inbox.read_all, name="read_all"),
    path("notices/choices", choices.choices, name="choices"),
    path("notices/choices/kinds", choices.kinds, name="kinds"),
    path("notices/choices/rhythm", choices.rhythm, name="rhythm"),
    path("notices/<int:pk>", inbox.follow, name="notice"),
    path("notices/<int:pk>/read", inbox.read, name="read"),
]
