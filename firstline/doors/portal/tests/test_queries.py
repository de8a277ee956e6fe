"""The portal asks the database little, however much is going on."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    # Every other second some page looks whether settings have changed; which one is chance.
    return len([each for each in asked if '"preference"' not in each["sql"]])


def test_the_home_of_the_portal_asks_at_most_seven_questions(client: Client, rosa: Person) -> None:
    client.force_login(rosa)
    for number in range(3):
        open_ticket(rosa, f"Request {number}", by=rosa)
    few = cost(client, "/")

    for number in range(57):
        open_ticket(rosa, f"Another {number}", by=rosa)

    assert cost(client, "/") == few
    assert few <= 7
