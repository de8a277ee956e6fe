"""What triage hears of, in the transaction of the change."""

from __future__ import annotations

from typing import Any

from firstline.core import live
from firstline.core.actions import via
from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.people.accounts.events import PersonEdited
from firstline.people.organisations.events import (
    DepartmentArchived,
    DepartmentSaved,
    OrganisationArchived,
    OrganisationSaved,
)
from firstline.people.teams.events import TeamArchived, TeamSaved
from firstline.people.teams.models import TeamMember
from firstline.work.tickets.actions.judge import plug_in_judge
from firstline.work.tickets.events import TicketAssigned, TicketOpened, TicketRouted, TicketSettingChanged

from .actions.pick import pick_for
from .actions.triage import triage
from .models import AUTOMATIC, Book, Pick
from .queries.book import contents
from .queries.weighing import priority_of

plug_in_judge(priority_of)


@on(TicketOpened)
def sort_and_route(event: Event, ticket: Any) -> None:
    """Whichever way it came in: the rules are asked at once. What is brought in from elsewhere was sorted there."""
    if event.via == "import" or ticket.source == "import":
        return
    with via("rule", cause=event.pk):
        triage(ticket, by=None)


@on(TicketRouted)
def find_somebody(event: Event, ticket: Any) -> None:
    """A team that hands out its work does so with what others hand over to it, too."""
    if ticket.is_being_sorted or event.via == "import":
        return
    if event.facts.get("to") is None or contents().modes.get(event.facts["to"]) not in AUTOMATIC:
        Pick.objects.filter(ticket=ticket, is_alarm=True).update(is_alarm=False)
        return
    if ticket.is_unsolved and not _owned_in(ticket):
        with via("rule", cause=event.pk):
            pick_for(ticket)


@on(TicketAssigned)
def somebody_has_it(event: Event, ticket: Any) -> None:
    """The alarm that nobody could take it is over."""
    if event.facts.get("to") is not None:
        Pick.objects.filter(ticket=ticket, is_alarm=True).update(is_alarm=False)


@on(
    TicketSettingChanged, TeamSaved, TeamArchived, OrganisationSaved, OrganisationArchived, DepartmentSaved,
    DepartmentArchived, PersonEdited,
)  # fmt: skip
def read_the_book_anew(event: Event, subject: Any) -> None:
    """Rules name categories, teams and people; what a name means has perhaps changed."""
    if event.kind == PersonEdited.key and {"name", "email"}.isdisjoint(event.facts.get("fields", ())):
        return
    if Book.objects.filter(pk=1).exists():
        Book.turn()


def _owned_in(ticket: Any) -> bool:
    return (
        ticket.owner_id is not None and TeamMember.objects.filter(team=ticket.team_id, person=ticket.owner_id).exists()
    )


live.harmless("triage_setting")
