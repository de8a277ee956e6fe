from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from firstline.core.actions import acting
from firstline.core.database.bulk import insert_many
from firstline.core.events.kinds import EventKind
from firstline.core.events.models import Event
from firstline.core.events.past import Past, record_past

pytestmark = pytest.mark.django_db

AT = datetime(2016, 2, 29, 1, 16, 0, 5, tzinfo=UTC)
FACTS: dict[str, Any] = {"word": "Łącze “offen”", "from": None, "to": [1, {"b": 2.5, "aa": True}]}


class Rung(EventKind):
    key = "test.rung_long_ago"
    noun = "bell"
    personal = ("word",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return "rang it"


def test_the_past_is_written_as_record_would_have_written_it() -> None:
    with acting() as now:
        assert record_past([Past(Rung, 7, AT, None, FACTS), Past(Rung, 8, AT, None, {})]) == 2

    first, second = Event.objects.order_by("id")
    assert (first.kind, first.subject_noun, first.subject_id, first.at) == (Rung.key, "bell", 7, AT)
    assert (first.facts, first.via, first.correlation, first.position) == (FACTS, "import", now.correlation, None)
    assert list(first.salts) == ["word"]  # so that it can be forgotten
    assert (second.facts, second.salts) == ({}, {})


def test_rows_written_in_bulk_are_as_django_would_have_written_them() -> None:
    row = {"kind": "a.b", "subject_noun": "bell", "subject_id": 7, "at": AT, "facts": FACTS, "correlation": "c"}
    Event.objects.create(**row)

    with acting():
        assert insert_many(Event, [row]) == 1

    created, inserted = Event.objects.order_by("id").values()
    assert inserted | {"id": 0} == created | {"id": 0}


def test_nothing_is_written_outside_an_action() -> None:
    with pytest.raises(RuntimeError):
        record_past([Past(Rung, 7, AT, None, {})])

    assert not Event.objects.exists()


def test_no_rows_are_no_trouble() -> None:
    with acting():
        assert record_past([]) == 0
