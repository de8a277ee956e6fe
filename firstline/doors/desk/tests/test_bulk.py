"""Many tickets are changed at once, and changed back by one press."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket


def change(client: Client, tickets: list[Ticket], do: str) -> str:
    """Do it in the queue; the address that takes it back."""
    answer = client.post(reverse("desk:bulk"), {"selected": [each.pk for each in tickets], "do": do, "back": "?q=vpn"})
    assert answer.status_code == 302
    [message] = get_messages(answer.wsgi_request)
    return message.extra_tags


def facts(tickets: list[Ticket]) -> list[tuple[object, ...]]:
    rows = Ticket.objects.in_bulk([each.pk for each in tickets])
    return [(row.owner_id, row.status_id, row.priority, row.merged_into_id) for row in map(rows.get, rows) if row]


@pytest.mark.parametrize("do", ["take", "resolve", "priority:1", "merge"])
def test_what_was_done_to_many_is_taken_back_at_once(do: str, client: Client, lin: Person, rosa: Person) -> None:
    tickets = [open_ticket(rosa, f"VPN {number}", by=rosa) for number in range(3)]
    before = facts(tickets)
    client.force_login(lin)

    undo = change(client, tickets, do)
    assert facts(tickets) != before
    answer = client.post(undo)

    assert answer.headers["Location"] == "/queue?q=vpn"
    assert facts(tickets) == before


def test_nobody_takes_back_what_others_have_done(client: Client, lin: Person, ada: Person, rosa: Person) -> None:
    tickets = [open_ticket(rosa, "VPN", by=rosa)]
    client.force_login(lin)
    undo = change(client, tickets, "take")

    client.force_login(ada)
    client.post(undo)

    assert Ticket.objects.get().owner == lin
