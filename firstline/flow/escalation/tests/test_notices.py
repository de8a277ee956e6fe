"""Who is told (S2.23, and that nobody is told who may not see it)."""

from __future__ import annotations

import pytest

from firstline.core.jobs.draining import drain
from firstline.flow.escalation.actions.escalate import escalate
from firstline.flow.escalation.actions.hand_over import hand_over
from firstline.flow.escalation.actions.major import declare_major
from firstline.people.accounts.models import Person
from firstline.people.notifications.models import Notice
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.actions.route import route
from tests.cast import works_in

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[str]:
    return {notice.person.name for notice in Notice.objects.filter(kind=kind).select_related("person") if notice.person}


def test_whoever_is_asked_is_told_and_the_owner_too(ada: Person, lin: Person, rosa: Person, bea: Person) -> None:
    ticket = open_ticket(rosa, "Payroll is wrong", by=rosa)
    assign(ticket, ada, by=ada)
    escalate(ticket, "You know payroll", person=lin, by=bea)
    drain()

    assert told("escalation.asked") == {"Lin", "Ada"}


@pytest.mark.accepts("S2.23")
def test_a_major_incident_is_told_to_those_affected_at_once(
    ada: Person, lin: Person, rosa: Person, omar: Person
) -> None:
    ticket = open_ticket(rosa, "Mail is down", by=rosa)
    add_participant(ticket, omar, "affected", by=ada)
    declare_major(ticket, notice="Mail is down.", by=lin)
    drain()

    assert {"Rosa", "Omar"} <= told("escalation.major")


def test_a_hand_over_is_told_to_the_team_that_gets_it(ada: Person, lin: Person, rosa: Person, network: Team) -> None:
    other = works_in(open_team("Hanoi", by=None), lin).team_memberships.get().team
    ticket = open_ticket(rosa, "The site is dark", by=rosa)
    route(ticket, network, by=None)
    hand_over(network, other, [ticket], note="Call them", by=ada)
    drain()

    assert told("escalation.handed_over") == {"Lin"}
