"""What others have begun to write, and the files they have begun to send, by guessing (D19)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from firstline.work.tickets.actions.open import open_ticket
from tests.matrix.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.abuse("D19")]


def test_what_an_agent_has_begun_to_write_is_theirs_alone(rosa: Any, ada: Any, lin: Any) -> None:
    ticket = open_ticket(rosa, "Screen", by=rosa)
    mine, other = Client(), Client()
    mine.force_login(ada)
    other.force_login(lin)
    mine.post(f"/tickets/{ticket.pk}/draft", {"kind": "reply", "body": "Half a secret"})

    assert "Half a secret" in mine.get(f"/tickets/{ticket.pk}").content.decode()
    assert "Half a secret" not in other.get(f"/tickets/{ticket.pk}").content.decode()
    other.post(f"/tickets/{ticket.pk}/draft", {"kind": "reply", "body": "Of another"})
    assert "Half a secret" in mine.get(f"/tickets/{ticket.pk}").content.decode()


def test_files_of_begun_forms_are_for_whoever_began_them_however_they_are_asked_for() -> None:
    world = build("requester")
    client = world.client_of("requester")
    own, theirs = world.things["answer file me"].pk, world.things["answer file stranger"].pk

    assert client.get(reverse("intake:file", args=[own])).status_code == 200
    for ask in (client.get, client.head):
        for more in ("", "?inline", "?inline=1&download"):
            assert ask(reverse("intake:file", args=[theirs]) + more).status_code == 404
    ranged = client.get(reverse("intake:file", args=[theirs]), headers={"Range": "bytes=0-3"})
    assert ranged.status_code == 404
    for number in range(max(own, theirs) + 1, max(own, theirs) + 5):
        assert client.get(reverse("intake:file", args=[number])).status_code == 404
    draft = world.things["draft stranger"].pk
    assert client.get(reverse("portal:draft", args=[draft])).status_code == 404
