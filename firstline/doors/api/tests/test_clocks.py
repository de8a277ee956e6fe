"""What a program is told about the promises on a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from firstline.doors.api.actions.tokens import create_token
from firstline.flow.sla.actions.agreement import Promised, save_agreement
from firstline.flow.sla.models import Agreement, Clock
from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket

pytestmark = pytest.mark.django_db


def promise(minutes: int, name: str = "Standard", audience: str = "customer") -> None:
    lines = [Promised("resolution", priority, minutes) for priority in (1, 2, 3, 4)]
    save_agreement(Agreement(name=name, audience=audience), lines, by=None)


def test_the_api_tells_what_is_due_next(rosa: Person, ada: Person) -> None:
    promise(240)
    opened = open_ticket(rosa, "The printer hums", by=rosa)
    _token, key = create_token(ada, "program", scope="read", by=ada)

    (told,) = Client(headers={"Authorization": f"Bearer {key}"}).get(f"/api/v1/tickets/{opened.pk}/clocks").json()

    assert (told["measure"], told["state"], told["agreement"]) == ("resolution", "running", "Standard")
    due = Clock.objects.get().due_at
    assert due is not None
    assert abs(datetime.fromisoformat(told["due_at"]) - due) < timedelta(milliseconds=1)
    assert 240 * 60 - 60 <= told["left_seconds"] <= 240 * 60


def test_requesters_do_not_learn_what_the_desk_promises_itself(rosa: Person) -> None:
    promise(240)
    promise(60, name="Inside", audience="internal")
    opened = open_ticket(rosa, "The printer hums", by=rosa)
    _token, key = create_token(rosa, "program", scope="read", by=rosa)

    told = Client(headers={"Authorization": f"Bearer {key}"}).get(f"/api/v1/tickets/{opened.pk}/clocks").json()

    assert [each["agreement"] for each in told] == ["Standard"]
