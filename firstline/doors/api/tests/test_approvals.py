"""Approvals through the API: read, decided once, and nothing more than on screen (S4.13, H4)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.engine.plans import Asked, Plan, Who
from firstline.flow.approvals.models import Approval, Seat
from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket

from .test_api import calls, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def licence(rosa: Person, omar: Person) -> Approval:
    ticket = open_ticket(rosa, "A licence", kind="request", by=rosa)
    return ask(ticket, [Plan(who=(Asked(Who.PERSON, omar.pk),))], cost=Decimal(640), by=None)


def test_an_approval_is_read_and_decided_once(licence: Approval, omar: Person, rosa: Person) -> None:
    client = calls(omar)
    (line,) = client.get("/api/v1/approvals").json()["items"]
    one = client.get(f"/api/v1/approvals/{line['id']}").json()
    assert (one["title"], one["cost"], one["state"]) == ("A licence", 640.0, "waiting")
    assert one["stages"][0]["seats"][0]["person"]["email"] == omar.email

    silent = post(client, f"/approvals/{licence.pk}/decision", {"grants": False})
    body, key = {"grants": True, "comment": "Fine."}, {"Idempotency-Key": "k1"}
    done = post(client, f"/approvals/{licence.pk}/decision", body, **key)
    again = post(client, f"/approvals/{licence.pk}/decision", body, **key)
    late = post(client, f"/approvals/{licence.pk}/decision", body)

    assert [each.status_code for each in (silent, done, again, late)] == [409, 200, 200, 409]
    assert (done.json()["state"], again.json()) == ("granted", done.json())
    assert Seat.objects.get().via == "api"
    assert calls(rosa).get("/api/v1/approvals?show=asked").json()["items"][0]["id"] == licence.pk
    assert client.get("/api/v1/approvals?show=decided").json()["items"][0]["id"] == licence.pk


def test_the_api_gives_strangers_nothing_and_readers_no_word(licence: Approval, omar: Person, lin: Person) -> None:
    from tests.cast import person

    stranger = person("Xenia")
    assert calls(stranger).get(f"/api/v1/approvals/{licence.pk}").status_code == 404
    assert post(calls(stranger), f"/approvals/{licence.pk}/decision", {"grants": True}).status_code == 404
    assert post(calls(omar, scope="read"), f"/approvals/{licence.pk}/decision", {"grants": True}).status_code == 403
    assert post(calls(lin), f"/approvals/{licence.pk}/decision", {"grants": True}).status_code == 403
    assert Approval.objects.get().state == "waiting"
