"""How filling in goes: how long it takes, where people stop. For whoever owns the form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Q

from firstline.core import clock
from firstline.work.intake.models import Draft, Form

GIVEN_UP_AFTER = timedelta(days=1)
MOST = 5_000  # of the latest


@dataclass(frozen=True, slots=True)
class Stop:
    key: str
    label: str
    reached: int  # people who got this far
    stopped: int  # of them, those who never went on


@dataclass(frozen=True, slots=True)
class Filling:
    begun: int
    sent: int
    given_up: int
    running: int
    median_seconds: int | None
    slow_seconds: int | None  # nine of ten are faster
    stops: tuple[Stop, ...]


def filling_of(form: Form, *, language: str, days: int = 90) -> Filling:
    """The figures of the last days: one query. A draft nobody touched for a day counts as given up."""
    now = clock.now()
    rows: list[tuple[Any, ...]] = list(
        Draft.objects.filter(version__form=form, started_at__gte=now - timedelta(days=days))
        .order_by("-started_at")
        .values_list("submission_id", "ended_at", "touched_at", "seconds", "last_question")[:MOST]
    )
    sent = sorted(seconds for submission, _ended, _touched, seconds, _last in rows if submission is not None)
    left = [
        last
        for submission, ended, touched, _seconds, last in rows
        if submission is None and (ended is not None or now - touched > GIVEN_UP_AFTER)
    ]
    return Filling(
        begun=len(rows),
        sent=len(sent),
        given_up=len(left),
        running=len(rows) - len(sent) - len(left),
        median_seconds=round(median(sent)) if sent else None,
        slow_seconds=sent[min(len(sent) - 1, int(len(sent) * 0.9))] if sent else None,
        stops=_stops(form, left, len(sent), language),
    )


def _stops(form: Form, left: list[str], sent: int, language: str) -> tuple[Stop, ...]:
    """Question by question of the newest published version: how many got there, and who stopped right there."""
    versions = form.versions.exclude(Q(published_at=None)).order_by("-number")
    version = versions.first()
    if version is None:
        return ()
    asked = [each for each in version.questions if each.is_asked]
    stopped = Counter(left)
    going = sent + len(left) - stopped[""]  # who typed nothing stopped before the first
    found = []
    for question in asked:
        found.append(Stop(question.key, question.said(language), going, stopped[question.key]))
        going -= stopped[question.key]
    return tuple(found)
