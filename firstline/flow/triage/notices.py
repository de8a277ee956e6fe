"""Whom triage tells: a team of which nobody could take a ticket, and those who wait on one that stands still."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, declare
from firstline.people.teams.models import Team, TeamMember
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import people_of

from .events import NobodyEligible, TicketStoodStill

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH

NOBODY_ELIGIBLE = declare(
    Kind(
        "triage.nobody_eligible",
        label=gettext_lazy("Nobody in my team can take a ticket"),
        title=gettext_lazy("Nobody in {team} could take #{number}: {subject}"),
        text=gettext_lazy(
            "The team hands out its work by itself, and everybody is away or has as much as they can carry."
        ),
        desk={INBOX, MAIL, PUSH},
        is_urgent=True,
    )
)
STOOD_STILL = declare(
    Kind(
        "triage.stood_still",
        label=gettext_lazy("Nothing has happened on a ticket for long"),
        title=gettext_lazy("Nothing has happened on #{number} for {hours} hours: {subject}"),
        text=gettext_lazy("It is not forgotten: it was pointed out to whoever has it. State: {status}."),
        desk={INBOX, MAIL},
        others={INBOX, MAIL},
        for_others=True,
        facts={"hours": gettext_lazy("for how many hours")},
    )
)


@later(NobodyEligible)
def tell_the_team(event: Event) -> None:
    """Its leads; where nobody leads, everybody."""
    ticket = Ticket.objects.get(pk=event.subject_id)
    team = Team.objects.get(pk=event.facts["team"])
    members = TeamMember.objects.filter(team=team)
    leads = list(members.filter(is_lead=True).values_list("person_id", flat=True))
    people = leads or list(members.values_list("person_id", flat=True))
    notify(NOBODY_ELIGIBLE, {"team": people}, about=ticket, event=event, teams=[team], by=None)


@later(TicketStoodStill)
def tell_those_who_wait(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    told = {reason: people for reason, people in people_of(ticket).items() if reason in {"requester", "owner"}}
    notify(STOOD_STILL, told, about=ticket, event=event, facts={"hours": str(event.facts["hours"])}, by=None)
