"""Where the news comes from: new rows of `event` and `live_news`, found by one reader per process."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Max, Q

from firstline.core.events.models import Event

from .models import News
from .topics import concerned_by, is_harmless, is_topic

# On PostgreSQL numbers are given before the commit: a lower one may appear later, or never. So long we look for it.
LATE_SECONDS = 20.0
MOST_GAPS = 500
MOST_AT_ONCE = 5000

Told = tuple[str, str]  # kind and topic


@dataclass
class Reading:
    """What one look has found.

    A permission changes only by an action, and every action records an event. One about a ticket can change who sees
    that ticket; one about anything that is no topic (a person, a role, a team) can change anybody's.
    """

    told: set[Told] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    is_all_doubted: bool = False


class Feed:
    """Read in one thread only: it keeps that thread's database connection."""

    def __init__(self) -> None:
        self._version: Any = None
        self._events = Rows(Event)
        self._news = Rows(News)

    def read(self) -> Reading:
        """What is new since the last time."""
        reading = Reading()
        if not self._has_changed():
            return reading
        for noun, number in self._events.new("subject_noun", "subject_id"):
            reading.told.update(("changed", name) for name in concerned_by(noun, number))
            if is_topic(noun):
                reading.doubted.add(f"{noun}:{number}")
            elif not is_harmless(noun):
                reading.is_all_doubted = True
        reading.told.update((kind, name) for kind, name in self._news.new("kind", "topic"))
        return reading

    def _has_changed(self) -> bool:
        """SQLite knows without looking at a row whether any other connection has written."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = (id(connection.connection), *cursor.fetchone())  # a new connection counts anew
        before, self._version = self._version, version
        return bool(version != before)


class Rows:
    """The rows of a table that have appeared since the last look, each once."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._last: int | None = None
        self._gaps: dict[int, float] = {}

    def new(self, *fields: str) -> Iterator[tuple[Any, ...]]:
        """These fields of the new rows; at the first look, none."""
        if self._last is None:
            self._last = self._model.objects.aggregate(last=Max("pk"))["last"] or 0
            return
        now = time.monotonic()
        self._gaps = {number: since for number, since in self._gaps.items() if now - since < LATE_SECONDS}
        wanted = Q(pk__gt=self._last)
        if self._gaps:
            wanted |= Q(pk__in=list(self._gaps))
        for number, *values in (
            self._model.objects.filter(wanted).order_by("pk").values_list("pk", *fields)[:MOST_AT_ONCE]
        ):
            self._gaps.pop(number, None)
            if number > self._last:
                self._remember_gaps(range(self._last + 1, number), now)
                self._last = number
            yield tuple(values)

    def _remember_gaps(self, numbers: Iterable[int], now: float) -> None:
        if connection.vendor == "sqlite":  # one writer at a time: what is missing was taken back
            return
        for number in numbers:
            if len(self._gaps) >= MOST_GAPS:
                return
            self._gaps[number] = now
