from django.urls import path

from .screens import automations, canned, macros, suggestions, ticket

app_name = "automations"
urlpatterns = [
    path("automations", automations.automations, name="automations"),
    path("automations/new", automations.new, name="new"),
    path("automations/hours", automations.hours, name="hours"),
    path("automations/macros", macros.macros, name="macros"),
    path("automations/macros/new", macros.new, name="new_macro"),
    path("automations/macros/<int:pk>", macros.macro, name="macro"),
    path("automations/macros/<int:pk>/removal", macros.removal, name="macro_removal"),
    path("automations/macros/apply", macros.many, name="many"),
    path("automations/suggestions", suggestions.suggestions, name="suggestions"),
    path("automations/suggestions/<int:pk>/making", suggestions.making, name="suggestion_making"),
    path("automations/suggestions/<int:pk>/dismissal", suggestions.dismissal, name="suggestion_dismissal"),
    path("automations/canned", canned.canned_replies, name="canned_replies"),
    path("automations/canned/new", canned.new, name="new_canned_reply"),
    path("automations/canned/<int:pk>", canned.canned_reply, name="canned_reply"),
    path("automations/canned/<int:pk>/removal", canned.removal, name="canned_removal"),
    path("automations/<int:pk>", automations.automation, name="automation"),
    path("automations/<int:pk>/edit", automations.edit, name="edit"),
    path("automations/<int:pk>/trial", automations.trial, name="trial"),
    path("automations/<int:pk>/publication", automations.publication, name="publication"),
    path("automations/<int:pk>/versions/<int:number>/restoration", automations.restoration, name="restoration"),
    path("automations/<int:pk>/discarding", automations.discarding, name="discarding"),
    path("automations/<int:pk>/switching", automations.switching, name="switching"),
    path("automations/<int:pk>/place", automations.place, name="place"),
    path("automations/<int:pk>/removal", automations.removal, name="removal"),
    path("tickets/<int:pk>/automations", ticket.why, name="why"),
    path("tickets/<int:pk>/macros", ticket.macros, name="ticket_macros"),
    path("tickets/<int:pk>/canned", ticket.canned, name="ticket_canned"),
    path("tickets/<int:pk>/canned/<int:reply>", ticket.insertion, name="insertion"),
]
