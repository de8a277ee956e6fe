"""Who is told what of escalations, news, major incidents and hand-overs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, declare
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import members_of, people_of, workers_of

from .events import (
    HandedOver,
    HandOverLate,
    MajorDeclared,
    NewsLate,
    NobodyToEscalateTo,
    ObstacleFlagged,
    TicketChased,
    TicketEscalated,
)
from .models import Escalation, HandOver, MajorIncident
from .queries import leads_of

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH

ASKED = declare(
    Kind(
        "escalation.asked",
        label=gettext_lazy("A ticket is escalated to you"),
        title=gettext_lazy("You are asked for help with #{number}: {subject}"),
        text=gettext_lazy("{reason}\nPriority: {priority}. Owner: {owner}. Team: {team}."),
        desk={INBOX, MAIL, PUSH},
        is_urgent=True,
        is_logged=True,
        facts={"reason": gettext_lazy("why it was escalated")},
    )
)
TROUBLE = declare(
    Kind(
        "escalation.trouble",
        label=gettext_lazy("A ticket does not come on"),
        title=gettext_lazy("#{number} needs you: {subject}"),
        text=gettext_lazy("{reason}\nPriority: {priority}. Owner: {owner}. Team: {team}."),
        desk={INBOX, MAIL},
        is_logged=True,
        facts={"reason": gettext_lazy("what is the matter")},
    )
)
MAJOR = declare(
    Kind(
        "escalation.major",
        label=gettext_lazy("A major incident"),
        title=gettext_lazy("Major incident #{number}: {subject}"),
        text=gettext_lazy("{notice}\nWe tell you how it stands until it is over."),
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL},
        for_others=True,
        is_urgent=True,
        is_logged=True,
        facts={"notice": gettext_lazy("what was said when it was declared")},
    )
)
HANDED = declare(
    Kind(
        "escalation.handed_over",
        label=gettext_lazy("Work is handed over to your team"),
        title=gettext_lazy("{from} hands {count} tickets over to {to}"),
        text=gettext_lazy("{note}\nAccept them, so that somebody has them."),
        desk={INBOX, MAIL, PUSH},
        is_urgent=True,
        facts={
            "from": gettext_lazy("the team that gives"),
            "to": gettext_lazy("the team that gets"),
            "count": gettext_lazy("how many tickets"),
            "note": gettext_lazy("what was written about it"),
        },
    )
)


@later(TicketEscalated)
def tell_who_is_asked(event: Event) -> None:
    made = Escalation.objects.select_related("ticket", "team").get(pk=event.facts["escalation"])
    if made.person_id is not None:
        to: dict[str, list[int]] = {"on_call" if made.who == "on_call" else "rule": [made.person_id]}
    elif made.team_id is not None:
        to = {"lead": [lead.pk for lead in leads_of(made.team_id)], "team": members_of(made.team_id)}
    else:
        to = {"owner": [made.ticket.owner_id] if made.ticket.owner_id else []}
    if made.from_person_id is not None:
        to["owner"] = [made.from_person_id]
    facts = {"reason": made.reason or made.why}
    notify(ASKED, to, about=made.ticket, event=event, facts=facts, teams=[made.team] if made.team else (), by=None)


@later(NewsLate, NobodyToEscalateTo, ObstacleFlagged, TicketChased)
def tell_of_trouble(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    major = MajorIncident.objects.filter(ticket=ticket, ended_at__isnull=True).first()
    to = workers_of(ticket) | {"lead": [lead.pk for lead in leads_of(ticket.team_id)]}
    if major is not None and major.coordinator_id is not None:
        to["collaborator"] = [*to.get("collaborator", []), major.coordinator_id]
    reason = event.facts.get("reason") or event.facts.get("words") or event.describe()
    notify(TROUBLE, to, about=ticket, event=event, facts={"reason": reason}, by=None)


@later(MajorDeclared)
def tell_of_a_major_incident(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    major = MajorIncident.objects.get(ticket=ticket)
    to = people_of(ticket) | {"stakeholder": list(major.stakeholders.values_list("person_id", flat=True))}
    to["lead"] = [lead.pk for lead in leads_of(ticket.team_id)]
    notify(MAJOR, to, about=ticket, event=event, facts={"notice": major.notice}, by=None)


@later(HandedOver, HandOverLate)
def tell_who_takes_over(event: Event) -> None:
    handed = HandOver.objects.select_related("from_team", "to_team").get(pk=event.facts["hand_over"])
    to = {"team": members_of(handed.to_team_id), "lead": [lead.pk for lead in leads_of(handed.to_team_id)]}
    if event.kind == HandOverLate.key:
        to["former_owner"] = [lead.pk for lead in leads_of(handed.from_team_id)]
    facts = {
        "from": handed.from_team.name, "to": handed.to_team.name, "count": handed.tickets.count(), "note": handed.note,
    }  # fmt: skip
    notify(HANDED, to, event=event, facts=facts, teams=[handed.to_team], by=None)
