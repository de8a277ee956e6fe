"""Deadlines of zero, below zero, and a thousand years (H11). `test_forms.py` sends such to every field of all forms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from firstline.core.actions import Refused
from firstline.flow.sla.forms import DurationField
from firstline.work.tasks.actions.add import add_task
from firstline.work.tickets.actions.open import open_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.abuse("H11")]


@pytest.mark.parametrize("text", ["0", "-1", "0 min", "-4 h", "1000000 h", "99999999999 d", "1e309", "∞", "NaN h"])
def test_no_agreement_promises_nothing_less_or_a_thousand_years(text: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        DurationField().clean(text)
    assert DurationField().clean("4 h") == 240


@pytest.mark.parametrize("year", [1, 1999, 3026, 9999])
def test_no_task_is_due_a_thousand_years_away(year: int, rosa: Any) -> None:
    ticket = open_ticket(rosa, "Screen", by=rosa)

    with pytest.raises(Refused):
        add_task(ticket, "Look", due_at=datetime(year, 6, 1, tzinfo=UTC), by=None)


@pytest.mark.parametrize("asked", ["created:>99999999999d", "created:<-5d", "due:>9999-12-31", "created:>0001-01-01"])
def test_no_question_about_times_breaks_a_list(asked: str, lin: Any, client: Any) -> None:
    client.force_login(lin)

    for path in ("/queue", "/search"):
        answer = client.get(path, {"view": "all", "q": asked})
        assert answer.status_code == 200
