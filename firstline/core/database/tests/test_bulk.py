from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from firstline.core.actions import acting
from firstline.core.database.bulk import insert_many
from firstline.core.events.models import Event
from firstline.people.teams.models import Team

pytestmark = pytest.mark.django_db

AT = datetime(2016, 2, 29, 1, 16, 0, 5, tzinfo=UTC)
FACTS: dict[str, Any] = {"word": "Łącze “offen”", "from": None, "to": [1, {"b": 2.5, "aa": True}]}


def test_rows_are_as_django_would_have_written_them() -> None:
    row = {"kind": "a.b", "subject_noun": "ticket", "subject_id": 7, "at": AT, "facts": FACTS, "correlation": "c"}
    Event.objects.create(**row)

    with acting():
        assert insert_many(Event, [row, row | {"subject_id": 8}]) == 2

    created, inserted, other = Event.objects.order_by("id").values()
    assert inserted | {"id": 0} == created | {"id": 0}
    assert other["subject_id"] == 8


def test_nothing_is_written_outside_an_action() -> None:
    with pytest.raises(RuntimeError):
        insert_many(Team, [{"name": "Network"}])

    assert not Team.objects.exists()


def test_no_rows_are_no_trouble() -> None:
    with acting():
        assert insert_many(Team, []) == 0
