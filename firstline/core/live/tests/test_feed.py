from __future__ import annotations

import pytest
from django.db import connection

from firstline.core.live import feed
from firstline.core.live.feed import Rows
from firstline.core.live.models import News


@pytest.mark.django_db
def test_a_number_that_appears_late_is_still_told() -> None:
    """PostgreSQL gives numbers before the commit, so that a lower one may be seen after a higher one."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: numbers appear in order.")
    News.objects.create(pk=100, topic="a", kind="changed")
    rows = Rows(News)
    list(rows.new("topic"))

    News.objects.create(pk=103, topic="late:3", kind="changed")
    assert list(rows.new("topic")) == [("late:3",)]
    News.objects.create(pk=102, topic="late:2", kind="changed")
    assert list(rows.new("topic")) == [("late:2",)]
    assert list(rows.new("topic")) == []


@pytest.mark.django_db
def test_a_number_that_never_appears_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(News)
    list(rows.new("topic"))
    News.objects.create(pk=9, topic="a", kind="changed")
    list(rows.new("topic"))

    monkeypatch.setattr(feed, "LATE_SECONDS", -1)
    list(rows.new("topic"))

    assert rows._gaps == {}
