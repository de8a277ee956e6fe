"""Looking for what is due. One worker at a time runs this; a frozen one changes nothing (core/jobs)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.jobs import loops
from firstline.flow.workflows.actions.answer import fire_timer
from firstline.flow.workflows.actions.look_after import remind_of_reviews
from firstline.flow.workflows.actions.start import start_by_calendar
from firstline.flow.workflows.models import Timer, Way
from firstline.flow.workflows.rules import next_moment

log = structlog.get_logger()

BATCH = 200
TRY_AGAIN = timedelta(minutes=10)


def fire_due() -> bool:
    """Let what is due have its effect, each in a transaction of its own; true if there may be more."""
    due = list(
        Timer.objects.filter(due_at__lte=clock.now()).select_related("run__ticket").order_by("due_at", "id")[:BATCH]
    )
    for timer in due:
        try:
            fire_timer(timer, by=None)
        except Exception:  # one that cannot be done must not keep the others waiting
            log.exception("timer of a workflow failed", timer=timer.pk, run=timer.run_id)
            with acting():
                Timer.objects.filter(pk=timer.pk).update(due_at=clock.now() + TRY_AGAIN)
    return len(due) == BATCH


def start_what_is_due() -> bool:
    """Start what the calendar says; true if there may be more. One that cannot be started waits for its next moment."""
    due = list(Way.objects.filter(next_at__lte=clock.now()).order_by("next_at", "id")[:BATCH])
    for way in due:
        try:
            start_by_calendar(way, by=None)
        except Exception:
            log.exception("a workflow could not be started by the calendar", way=way.pk, version=way.version_id)
            with acting():
                Way.objects.filter(pk=way.pk).update(next_at=next_moment(way.condition, clock.now()))
    return len(due) == BATCH


loops.register("workflows: calendar", start_what_is_due, every=30)
loops.register("workflows: timers", fire_due, every=5)
loops.register("workflows: remind of reviews", remind_of_reviews, every=3600)
