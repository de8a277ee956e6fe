"""A path is tried on what has happened: the same levels as it would have asked, and nothing is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core.conditions import parse, to_json
from firstline.core.fields import Context
from firstline.flow.escalation.actions.settings import save_level, save_path
from firstline.flow.escalation.actions.sweep import sweep
from firstline.flow.escalation.engine.trial import Past, tried
from firstline.flow.escalation.models import Escalation, Path
from firstline.flow.escalation.queries import trial
from firstline.flow.sla.actions.agreement import Promised, save_agreement
from firstline.flow.sla.models import Agreement
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket
from tests.cast import person, works_in

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def silence(hours: int) -> dict[str, Any]:
    return {"when": "silence", "minutes": 60 * hours}


@pytest.mark.parametrize(
    ("levels", "past", "expected"),
    [
        ([[silence(2)]], Past([MONDAY], after(10)), [(1, 2)]),
        ([[silence(2)]], Past([MONDAY, after(1), after(2.5)], after(4)), []),
        ([[silence(2)], [silence(5)]], Past([MONDAY], after(10)), [(1, 2), (2, 5)]),
        ([[silence(2)], [silence(5)]], Past([MONDAY, after(4)], after(10)), [(1, 2), (2, 9)]),
        ([[silence(2)], [{"when": "unaccepted", "minutes": 60}]], Past([MONDAY], after(10)), [(1, 2), (2, 3)]),
        ([[silence(2)], [{"when": "unaccepted", "minutes": 60}]], Past([MONDAY, after(2.5)], after(4)), [(1, 2)]),
        ([[{"when": "reopened", "times": 2}]], Past([MONDAY], after(9), reopened=[after(3), after(5)]), [(1, 5)]),
        ([[{"when": "obstacle"}, silence(9)]], Past([MONDAY], after(20), obstacles=[after(1)]), [(1, 1)]),
        ([[{"when": "asked"}]], Past([MONDAY], after(20)), []),
        ([[], [silence(1)]], Past([MONDAY], after(20)), []),  # by hand only: the path stops there
    ],
)
def test_each_level_is_asked_once_in_order(levels: Any, past: Past, expected: list[tuple[int, float]]) -> None:
    assert [(each.step, each.at) for each in tried(levels, past)] == [(step, after(hours)) for step, hours in expected]


@pytest.fixture
def path(db: Any, network: Team) -> Path:
    lead = works_in(network, person("Leo", "lead"), is_lead=True)
    found = save_path(
        None, "Urgent", condition=to_json(parse("priority:critical", catalogue, Context(trusted=True))), by=None
    )
    save_level(found, None, "Network", who="team", team=network, when=[silence(2)], by=None)
    half = {"when": "clock", "share": 50, "target": "resolution"}
    save_level(found, None, "Lead", who="person", person=lead, when=[half], by=None)
    save_agreement(Agreement(name="Critical"), [Promised("resolution", 1, 480)], by=None)
    return found


def lives(at: Any, rosa: Person, ada: Person, *, swept: bool) -> list[Ticket]:
    """One answered at once, one left lying for three hours, one for a day; swept every ten minutes, or not at all."""
    tickets = []
    with at(MONDAY) as hands:
        tickets = [open_ticket(rosa, f"Down {n}", impact=1, urgency=1, by=rosa) for n in range(3)]
        for tick in range(1, 150):
            hands.move_to(MONDAY + timedelta(minutes=10 * tick))
            for number, ticket in enumerate(tickets):
                if (number, tick) in {(0, 6), (1, 18)}:
                    reply(ticket, "We look", author=ada, by=ada)
                    resolve(ticket, by=ada)
            if swept:
                sweep()
        hands.move_to(after(25))
        resolve(tickets[2], by=ada)
    return tickets


@pytest.mark.django_db
def test_the_trial_says_what_the_path_does(at: Any, path: Path, rosa: Person, ada: Person, lin: Person) -> None:
    tickets = lives(at, rosa, ada, swept=True)
    did = [(each.ticket_id, each.step) for each in Escalation.objects.order_by("ticket", "step")]

    with at(after(30)):
        done = trial(path, lin)

    says = sorted((ticket.pk, each.step) for ticket, asked in done.examples for each in asked)
    assert says == did == [(tickets[1].pk, 1), (tickets[2].pk, 1), (tickets[2].pk, 2)]
    assert (done.tickets, done.by_level) == (3, {1: 2, 2: 1})


@pytest.mark.django_db
def test_the_page_shows_it_and_changes_nothing(
    at: Any, client: Client, path: Path, rosa: Person, ada: Person, bea: Person
) -> None:
    lives(at, rosa, ada, swept=False)
    client.force_login(bea)

    with at(after(30)):
        page = client.get(f"/settings/escalation/paths/{path.pk}/trial").content.decode()

    assert "2 of 3 tickets" in page
    assert "Down 2" in page
    assert not Escalation.objects.exists()
