from django.urls import path

from .screens import hand_overs, major, overview, settings, ticket

app_name = "escalation"
urlpatterns = [
    path("escalations", overview.escalations, name="escalations"),
    path("escalations/lessons", overview.lessons, name="lessons"),
    path("escalations/<int:pk>/acceptance", ticket.acceptance, name="acceptance"),
    path("escalations/<int:pk>/end", ticket.ending, name="end"),
    path("escalations/<int:pk>/supplier", ticket.vendor, name="vendor_answer"),
    path("tickets/<int:pk>/escalation", ticket.escalation, name="escalate"),
    path("tickets/<int:pk>/obstacle", ticket.obstacle, name="obstacle"),
    path("tickets/<int:pk>/obstacle/cleared", ticket.free_way, name="free_way"),
    path("tickets/<int:pk>/news", ticket.news, name="news"),
    path("tickets/<int:pk>/major/new", major.declaration, name="declare_major"),
    path("tickets/<int:pk>/major", major.major, name="major"),
    path("tickets/<int:pk>/major/stakeholders", major.stakeholders, name="stakeholders"),
    path("tickets/<int:pk>/major/end", major.end, name="end_major"),
    path("tickets/<int:pk>/major/report", major.report, name="report"),
    path("hand-overs", hand_overs.hand_overs, name="hand_overs"),
    path("hand-overs/new", hand_overs.new, name="new_hand_over"),
    path("hand-overs/<int:pk>", hand_overs.one, name="hand_over"),
    path("hand-overs/<int:pk>/acceptance", hand_overs.acceptance, name="accept_hand_over"),
    path("settings/escalation", settings.index, name="settings"),
    path("settings/escalation/paths/new", settings.new_path, name="new_path"),
    path("settings/escalation/paths/<int:pk>", settings.path, name="path"),
    path("settings/escalation/paths/<int:pk>/trial", settings.path_trial, name="path_trial"),
    path("settings/escalation/paths/<int:pk>/levels/new", settings.new_level, name="new_level"),
    path("settings/escalation/paths/<int:pk>/levels/<int:level>", settings.level, name="level"),
    path("settings/escalation/paths/<int:pk>/levels/<int:level>/removal", settings.level_removal, name="remove_level"),
    path("settings/escalation/suppliers/new", settings.new_vendor, name="new_vendor"),
    path("settings/escalation/suppliers/<int:pk>", settings.vendor, name="vendor"),
    path("settings/escalation/relays/new", settings.new_relay, name="new_relay"),
    path("settings/escalation/relays/<int:pk>", settings.relay, name="relay"),
    path("settings/escalation/news/<int:priority>", settings.protocol, name="protocol"),
]
