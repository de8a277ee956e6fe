"""Let the clocks ring that are due."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection

from firstline.core import clock as time
from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.flow.sla.events import SlaBreached, SlaWarned
from firstline.flow.sla.models import BREACH, Clock
from firstline.flow.sla.queries import Terms, book

from .keep import next_ring, shares

BATCH = 200  # clocks in one transaction


@action("sla.ring", permission="sla.edit")
def ring(most: int = BATCH, *, by: Any) -> int:
    """Tell of the promises whose warning or deadline has come, the oldest first; returns how many clocks rang."""
    now = time.now()
    due = Clock.objects.filter(rings_at__lte=now).select_related("ticket").order_by("rings_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    rows = list(due[:most])
    if not rows:
        return 0
    agreements = book()
    for row in rows:
        terms = agreements.of(row.agreement_id)
        if terms is None:  # taken out of use: its clocks are on their way out
            row.rings_at = None
            continue
        _ring(row, terms, now)
    # Clocks that ring together mostly end alike: a few statements for hundreds of rows.
    alike: dict[tuple[int, datetime | None, bool], list[int]] = defaultdict(list)
    for row in rows:
        alike[row.rung, row.rings_at, row.is_late].append(row.pk)
    for (rung, rings_at, is_late), ids in alike.items():
        Clock.objects.filter(pk__in=ids).update(rung=rung, rings_at=rings_at, is_late=is_late)
    return len(rows)


def _ring(row: Clock, terms: Terms, now: datetime) -> None:
    moment_of = partial(_moment_of, row, terms)
    passed = [share for share in shares(terms) if share > row.rung and (at := moment_of(share / 100)) and at <= now]
    if passed:
        row.rung = max(passed)
        row.is_late = row.rung >= BREACH
        record(
            row.ticket, SlaBreached if row.rung == BREACH else SlaWarned,
            clock=row.pk, agreement=row.agreement_id, audience=row.audience, measure=row.measure, share=row.rung,
            due=row.due_at.isoformat() if row.due_at else None,
        )  # fmt: skip
    row.rings_at = next_ring(moment_of, terms, row.rung)


def _moment_of(row: Clock, terms: Terms, share: float) -> datetime | None:
    if row.runs_since is None:
        return None
    working = terms.working_for(round_the_clock=row.is_round_the_clock)
    missing = row.target * share - row.counted
    return working.add(row.runs_since, missing) if missing.total_seconds() > 0 else row.runs_since
