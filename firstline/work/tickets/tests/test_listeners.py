from __future__ import annotations

import pytest

from firstline.core import live
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.team import open_team
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route

pytestmark = pytest.mark.django_db


@pytest.mark.abuse("D6")
def test_only_who_sees_a_ticket_may_listen_to_it(ada: Person, rosa: Person, omar: Person) -> None:
    name = f"ticket:{open_ticket(rosa, 'VPN is down', by=rosa).pk}"

    assert [live.is_allowed(person, name) for person in (ada, rosa, omar)] == [True, True, False]
    assert not live.is_allowed(ada, "ticket:999999")
    assert not live.is_allowed(ada, "ticket")


@pytest.mark.abuse("D6")
def test_a_ticket_of_a_private_team_is_not_heard_by_others(ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "About my salary", by=rosa)
    assert live.is_allowed(ada, f"ticket:{ticket.pk}")

    route(ticket, open_team("Human resources", is_private=True, lead=lin, by=None), by=None)
    forget(ada)  # the next request

    assert not live.is_allowed(ada, f"ticket:{ticket.pk}")
    assert live.is_allowed(rosa, f"ticket:{ticket.pk}")


def test_only_the_desk_may_listen_to_the_queue(ada: Person, rosa: Person) -> None:
    assert [live.is_allowed(person, "queue") for person in (ada, rosa)] == [True, False]
    assert not live.is_allowed(ada, "queue:1")
