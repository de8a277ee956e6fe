"""Whom a ticket's changes concern, and what they are told. Replies and notes: work/conversations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.actions import may
from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, Reason, Subject, declare, declare_subject
from firstline.people.teams.models import TeamMember

from .events import (
    ParticipantAdded,
    TicketAssigned,
    TicketNotConfirmed,
    TicketOpened,
    TicketPrioritised,
    TicketReopened,
    TicketRouted,
    TicketStatusChanged,
)
from .models import Priority, StatusType, Ticket
from .queries import members_of, people_of, visible_to, workers_of

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH


def read(person: Any, numbers: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Of these tickets those the person may see, in words of theirs: requesters read another status than the desk."""
    on_desk = may(person, "desk.enter")
    rows = visible_to(person).filter(pk__in=list(numbers)).select_related("status", "team", "owner", "requester")
    return {
        ticket.pk: {
            "number": str(ticket.pk),
            "subject": ticket.subject,
            "status": _(ticket.status.name if on_desk else ticket.status.requester_label),
            "priority": str(Priority(ticket.priority).label),
            "team": ticket.team.name if ticket.team is not None else "",
            "owner": ticket.owner.display_name if ticket.owner is not None else "",
            "requester": ticket.requester.display_name,
        }
        for ticket in rows
    }


def link(person: Any, number: int) -> str:
    return reverse("desk:ticket" if may(person, "desk.enter") else "portal:request", args=[number])


declare_subject(
    Subject(
        "ticket",
        read=read,
        link=link,
        placeholders={
            "number": gettext_lazy("the number of the ticket"),
            "subject": gettext_lazy("its subject"),
            "status": gettext_lazy("its status"),
            "priority": gettext_lazy("its priority"),
            "team": gettext_lazy("its team"),
            "owner": gettext_lazy("its owner"),
            "requester": gettext_lazy("who asked"),
        },
    )
)

ASSIGNED = declare(
    Kind(
        "ticket.assigned",
        label=gettext_lazy("A ticket becomes yours"),
        title=gettext_lazy("#{number} is yours now: {subject}"),
        text=gettext_lazy("{actor} gave you this request of {requester}.\nPriority: {priority}. Status: {status}."),
        desk={INBOX, MAIL, PUSH},
    )
)
UNASSIGNED = declare(
    Kind(
        "ticket.unassigned",
        label=gettext_lazy("A ticket of yours goes to somebody else"),
        title=gettext_lazy("#{number} went to {owner}: {subject}"),
        text=gettext_lazy("{actor} gave it to somebody else."),
        desk={INBOX},
    )
)
ROUTED = declare(
    Kind(
        "ticket.routed",
        label=gettext_lazy("A ticket comes to your team and nobody has it"),
        title=gettext_lazy("New for {team}: #{number} {subject}"),
        text=gettext_lazy("{requester} waits for somebody of {team}. Priority: {priority}."),
        desk={INBOX},
    )
)
STATUS = declare(
    Kind(
        "ticket.status",
        label=gettext_lazy("The status of a ticket changes"),
        title=gettext_lazy("#{number} is now “{status}”: {subject}"),
        text=gettext_lazy("{actor} changed the status to “{status}”."),
        desk={INBOX},
        others={INBOX},
        for_others=True,
    )
)
REOPENED = declare(
    Kind(
        "ticket.reopened",
        label=gettext_lazy("A ticket is not solved after all"),
        title=gettext_lazy("#{number} is open again: {subject}"),
        text=gettext_lazy("{actor} says that it is not solved."),
        desk={INBOX, MAIL, PUSH},
    )
)
CRITICAL = declare(
    Kind(
        "ticket.critical",
        label=gettext_lazy("A ticket becomes critical"),
        title=gettext_lazy("Critical: #{number} {subject}"),
        text=gettext_lazy("The priority is now “{priority}”. Owner: {owner}. Team: {team}."),
        desk={INBOX, MAIL, PUSH, Channel.CHAT},
        is_urgent=True,
    )
)
ADDED = declare(
    Kind(
        "ticket.added",
        label=gettext_lazy("Somebody adds you to a ticket"),
        title=gettext_lazy("{actor} added you to #{number}: {subject}"),
        text=gettext_lazy("You read along from now on."),
        desk={INBOX, MAIL},
        others={INBOX},
        for_others=True,
    )
)


@later(TicketOpened, TicketRouted)
def tell_the_team(event: Event) -> None:
    """A ticket without owner is the matter of everybody in the team."""
    ticket = Ticket.objects.select_related("team").get(pk=event.subject_id)
    if event.via == "import" or not _is_waiting(ticket):
        return
    team = ticket.team_id
    if event.kind == TicketRouted.key and event.facts.get("to") != team:
        return  # it has moved on
    if team is not None:
        # Opening and the first routing follow one another in a breath, and the team is told once. Coming back is news.
        routed = Event.objects.filter(
            subject_noun="ticket", subject_id=ticket.pk, kind=TicketRouted.key, id__lt=event.pk
        ).count()
        notify(
            ROUTED, {Reason.TEAM: members_of(team)}, about=ticket, event=event, teams=[ticket.team],  # type: ignore[list-item]
            occasion=f"team:{ticket.pk}:{team}:{routed}", by=None,
        )  # fmt: skip
    if ticket.priority == Priority.CRITICAL and event.kind == TicketOpened.key:
        tell_of_critical(ticket, event)


@later(TicketAssigned)
def tell_owners(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via == "import":
        return
    now, before = event.facts.get("to"), event.facts.get("from")
    if now is not None and now == ticket.owner_id:
        notify(ASSIGNED, {Reason.OWNER: [now]}, about=ticket, event=event, by=None)
    if before is not None and before != ticket.owner_id:
        notify(UNASSIGNED, {Reason.FORMER_OWNER: [before]}, about=ticket, event=event, by=None)


@later(TicketStatusChanged)
def tell_of_status(event: Event) -> None:
    """Not each step: what begins with a reply or an assignment is told by those."""
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via == "import" or event.facts.get("to") != ticket.status_id or ticket.state == StatusType.OPEN:
        return
    people = people_of(ticket)
    # “Is it solved?” goes to the requester by mail already (channels/email).
    by_mail = people[Reason.REQUESTER] if ticket.state == StatusType.RESOLVED else []
    notify(STATUS, people, about=ticket, event=event, knows_by_mail=by_mail, by=None)


@later(TicketReopened, TicketNotConfirmed)
def tell_of_reopening(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via == "import":
        return
    occasion = f"reopened:{ticket.pk}:{event.correlation}"
    notify(REOPENED, workers_of(ticket), about=ticket, event=event, occasion=occasion, by=None)


@later(TicketPrioritised)
def tell_of_priority(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via != "import" and event.facts["to"] == Priority.CRITICAL and ticket.priority == Priority.CRITICAL:
        tell_of_critical(ticket, event)


def tell_of_critical(ticket: Ticket, event: Event) -> None:
    """Once per ticket and raise: the people who work on it, the team's leads, and the team's chat."""
    leads = TeamMember.objects.filter(team=ticket.team_id, is_lead=True).values_list("person_id", flat=True)
    notify(
        CRITICAL, workers_of(ticket) | {Reason.LEAD: list(leads)}, about=ticket, event=event,
        occasion=f"critical:{event.pk}", teams=[ticket.team] if ticket.team is not None else [], by=None,
    )  # fmt: skip


@later(ParticipantAdded)
def tell_the_added(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via != "import":
        role = Reason(event.facts["role"]).value
        notify(ADDED, {role: [event.facts["person"]]}, about=ticket, event=event, by=None)


def _is_waiting(ticket: Ticket) -> bool:
    return ticket.is_unsolved and ticket.owner_id is None and ticket.merged_into_id is None
