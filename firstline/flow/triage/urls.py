from django.urls import path

from .screens import priorities, routing, rules, ticket

app_name = "triage"
urlpatterns = [
    path("settings/triage", rules.rules, name="rules"),
    path("settings/triage/rules/new", rules.new, name="new_rule"),
    path("settings/triage/rules/<int:pk>", rules.rule, name="rule"),
    path("settings/triage/rules/<int:pk>/place", rules.place, name="place"),
    path("settings/triage/rules/<int:pk>/removal", rules.removal, name="removal"),
    path("settings/triage/priorities", priorities.priorities, name="priorities"),
    path("settings/triage/routing", routing.routing, name="routing"),
    path("settings/triage/routing/teams/<int:pk>", routing.mode, name="mode"),
    path("teams/<int:pk>/picks", routing.picks, name="picks"),
    path("teams/<int:pk>/next", ticket.following, name="next"),
    path("tickets/<int:pk>/why", ticket.why, name="why"),
    path("tickets/<int:pk>/triage", ticket.run, name="run"),
    path("tickets/<int:pk>/pick", ticket.pick, name="pick"),
]
