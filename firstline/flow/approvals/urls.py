from django.urls import path

from .screens import decision, meetings, mine, one, settings, stand_ins, supervise, ticket

app_name = "approvals"
urlpatterns = [
    path("decisions/<str:token>", decision.decision, name="decision"),
    path("approvals", mine.mine, name="mine"),
    path("approvals/decisions", mine.decisions, name="decisions"),
    path("approvals/stand-ins", stand_ins.stand_ins, name="stand_ins"),
    path("approvals/stand-ins/<int:pk>/removal", stand_ins.removal, name="remove_stand_in"),
    path("approvals/waiting", supervise.waiting, name="waiting"),
    path("approvals/value", supervise.value, name="value"),
    path("approvals/meetings", meetings.meetings, name="meetings"),
    path("approvals/meetings/<int:pk>", meetings.meeting, name="meeting"),
    path("approvals/<int:pk>", one.approval, name="approval"),
    path("approvals/<int:pk>/decision", one.decision, name="decide"),
    path("approvals/<int:pk>/question", one.question, name="question"),
    path("approvals/<int:pk>/answer", one.answer_question, name="answer"),
    path("approvals/<int:pk>/delegation", one.delegation, name="delegate"),
    path("approvals/<int:pk>/reminder", one.reminder, name="remind"),
    path("approvals/<int:pk>/withdrawal", one.withdrawal, name="withdraw"),
    path("approvals/<int:pk>/approver", one.approver, name="name_approver"),
    path("tickets/<int:pk>/approval", ticket.ask_for_approval, name="ask"),
    path("settings/approval-rules", settings.rules, name="rules"),
    path("settings/approval-rules/new", settings.new_rule, name="new_rule"),
    path("settings/approval-rules/owner", settings.owner, name="owner"),
    path("settings/approval-rules/<int:pk>", settings.rule, name="rule"),
    path("settings/approval-rules/<int:pk>/sign-off", settings.sign_off_rule, name="sign_off"),
    path("settings/approval-rules/<int:pk>/stages/new", settings.new_stage, name="new_stage"),
    path("settings/approval-rules/<int:pk>/stages/<int:stage>", settings.stage, name="stage"),
    path("settings/approval-rules/<int:pk>/stages/<int:stage>/removal", settings.stage_removal, name="remove_stage"),
]
