"""Pages cost a fixed number of questions to the database, however much they show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.edit import set_due
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

LARGEST_QUEUE = 60_000  # bytes of HTML for fifty rows


def tickets(rosa: Person, many: int) -> list[Ticket]:
    made = [
        open_ticket(rosa, f"The printer of department {number} prints only empty pages", by=rosa)
        for number in range(many)
    ]
    for ticket in made:
        set_due(ticket, clock.now() + timedelta(hours=3), by=None)
    return made


def cost(client: Client, address: str) -> tuple[int, int]:
    """Queries and bytes of the second visit."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    # Every other second some page looks whether settings have changed; which one is chance.
    return len([each for each in asked if '"preference"' not in each["sql"]]), len(answer.content)


@pytest.mark.parametrize(("address", "most"), [("/queue", 6), ("/desk", 9)])
def test_a_list_costs_the_same_for_three_tickets_and_for_sixty(
    address: str, most: int, client: Client, ada: Person, rosa: Person
) -> None:
    client.force_login(ada)
    tickets(rosa, 3)
    few, _bytes = cost(client, address)

    tickets(rosa, 57)
    many, _bytes = cost(client, address)

    assert few == many
    assert many <= most


def test_fifty_rows_fit_into_sixty_kilobytes(client: Client, ada: Person, rosa: Person) -> None:
    client.force_login(ada)
    tickets(rosa, 60)

    _queries, size = cost(client, "/queue")

    assert size <= LARGEST_QUEUE


def test_a_ticket_costs_the_same_with_three_messages_and_with_sixty(client: Client, ada: Person, rosa: Person) -> None:
    client.force_login(ada)
    [ticket] = tickets(rosa, 1)
    reply(ticket, "It began today.", by=rosa)
    note(ticket, "Known.", by=ada)
    reply(ticket, "We look.", by=ada)
    few, _bytes = cost(client, f"/tickets/{ticket.pk}")

    for number in range(57):
        reply(ticket, f"Still so, {number}.", by=rosa)
    many, _bytes = cost(client, f"/tickets/{ticket.pk}")

    assert few == many
    assert many <= 11
