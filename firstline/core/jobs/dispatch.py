"""From events to jobs: seal what is new, and in the same transaction write one job per later listener.

It stands here and not in core/events, because jobs know events and core has no circles.
"""

from __future__ import annotations

from collections import OrderedDict

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from firstline.core.actions import via
from firstline.core.events import past
from firstline.core.events.listeners import later_listeners_of
from firstline.core.events.models import Event
from firstline.core.events.seal import BATCH, Row, seal
from firstline.core.leases.leadership import Leadership

from .declaring import Backoff, Hopeless, job
from .events import ChainCut
from .letters import write_dead_letters, write_jobs
from .loops import leader

log = structlog.get_logger()

MOST_HOPS = 20  # consequences of consequences; people stop at three or four, only circles come here
# A circle that doubles at each turn would write a million events before its depth shows. So events that are
# already this deep are counted by their common origin. A bulk change of thousands of tickets is not deep.
DEEP = 5
MOST_DEEP_EVENTS = 1000
REMEMBERED_ORIGINS = 10_000

_deep_events: OrderedDict[str, int] = OrderedDict()


class Circle(Exception):
    """Rules that call each other in a circle were stopped."""


@job(max_attempts=10, backoff=Backoff(first=2, most=3600))
def react(listener: str, event_id: int) -> None:
    """Let one later listener hear of one event."""
    event = Event.objects.get(pk=event_id)
    function = later_listeners_of(event.kind).get(listener)
    if function is None:
        raise Hopeless(f"Nobody is called {listener} any more, so nobody heard of event {event_id} ({event.kind}).")
    with via("rule", cause=event.pk, correlation=event.correlation, hops=event.hops + 1):
        function(event)


def dispatch(lead: Leadership = leader, *, batch: int = BATCH) -> bool:
    """Seal a batch of events and write their jobs; answers whether there may be more."""
    if not Event.objects.filter(position__isnull=True).exists():
        return False
    with transaction.atomic():
        rows = seal(lead, batch=batch)
        calls: list[tuple[Row, str]] = []
        cut: list[tuple[Row, str]] = []
        names: dict[str, list[str]] = {}
        for row in rows:
            if row.kind not in names:
                names[row.kind] = list(later_listeners_of(row.kind))
            if row.via == past.VIA:
                continue  # history of another system: its consequences happened there, long ago
            (cut if _is_circle(row) else calls).extend((row, name) for name in names[row.kind])
        write_jobs(react, [(name, row.id) for row, name in calls])
        _cut(cut)
    return len(rows) == batch


def _is_circle(row: Row) -> bool:
    if row.kind == ChainCut.key or row.hops > MOST_HOPS:
        return True
    if row.hops < DEEP:
        return False
    count = _deep_events[row.correlation] = _deep_events.pop(row.correlation, 0) + 1
    if len(_deep_events) > REMEMBERED_ORIGINS:
        _deep_events.popitem(last=False)
    return count > MOST_DEEP_EVENTS


def _cut(cut: list[tuple[Row, str]]) -> None:
    """Keep what was not done as dead letters, and say so once per event where people see it."""
    real = [(row, name) for row, name in cut if row.kind != ChainCut.key]
    if not real:
        return
    why = Circle(_("Stopped: these consequences call each other in a circle. Change one of the rules, then run again."))
    write_dead_letters(react, [(name, row.id) for row, name in real], why)
    for row in {row.id: row for row, _name in real}.values():
        log.warning("circle of consequences cut", event_id=row.id, kind=row.kind, correlation=row.correlation)
        Event.objects.create(
            kind=ChainCut.key,
            subject_noun=row.subject_noun,
            subject_id=row.subject_id,
            facts={"event": row.kind},
            cause_id=row.id,
            correlation=row.correlation,
            via="system",
            hops=row.hops,
        )
