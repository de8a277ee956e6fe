"""Looking for what is due. One worker at a time runs this; a frozen one changes nothing (core/jobs)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.jobs import loops
from firstline.flow.workflows.actions.answer import fire_timer
from firstline.flow.workflows.models import Timer

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


loops.register("workflows: timers", fire_due, every=5)
