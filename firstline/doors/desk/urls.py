from django.urls import path

from .screens import bulk, conversation, facts, home, new, palette, people, queue, relations, settings, ticket, undo

app_name = "desk"
urlpatterns = [
    path("desk", home.home, name="home"),
    path("queue", queue.queue, name="queue"),
    path("queue/bulk", bulk.bulk, name="bulk"),
    path("queue/beside", queue.beside, name="beside"),
    path("search", queue.search, name="search"),
    path("palette", palette.palette, name="palette"),
    path("settings", settings.index, name="settings"),
    path("settings/statuses", settings.statuses, name="statuses"),
    path("settings/statuses/<int:pk>", settings.status, name="status"),
    path("settings/statuses/new/<slug:kind>", settings.new_status, name="new_status"),
    path("settings/categories", settings.categories, name="categories"),
    path("settings/categories/<int:pk>", settings.category, name="category"),
    path("settings/fields", settings.custom_fields, name="custom_fields"),
    path("settings/fields/new", settings.new_custom_field, name="new_custom_field"),
    path("settings/fields/<int:pk>", settings.custom_field, name="custom_field"),
    path("suggest/people", people.suggest, name="suggest_people"),
    path("suggest/tickets", people.suggest_tickets, name="suggest_tickets"),
    path("tickets/new", new.new, name="new"),
    path("tickets/<int:pk>", ticket.ticket, name="ticket"),
    path("tickets/<int:pk>/messages", conversation.messages, name="messages"),
    path("tickets/<int:pk>/draft", conversation.draft, name="draft"),
    path("tickets/<int:pk>/facts/<str:name>", facts.fact, name="fact"),
    path("tickets/<int:pk>/owner/me", ticket.take, name="take"),
    path("tickets/<int:pk>/status/<int:status>", ticket.status, name="set_status"),
    path("tickets/<int:pk>/presence", ticket.presence, name="presence"),
    path("tickets/<int:pk>/panels", ticket.panels, name="panels"),
    path("tickets/<int:pk>/watch", ticket.watch, name="watch"),
    path("tickets/<int:pk>/participants", relations.participants, name="participants"),
    path("tickets/<int:pk>/links", relations.links, name="links"),
    path("tickets/<int:pk>/merge", relations.merge, name="merge"),
    path("tickets/<int:pk>/split", relations.split, name="split"),
    path("tickets/<int:pk>/undo/<int:event>", undo.undo, name="undo"),
]
