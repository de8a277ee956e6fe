"""Looking for tasks that are due. One worker at a time runs this; a frozen one changes nothing (core/jobs)."""

from __future__ import annotations

import structlog

from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.jobs import loops

from .actions.progress import tell_due
from .models import Task

log = structlog.get_logger()
BATCH = 200


def tell_what_is_due() -> bool:
    """Say of each task once that it is due; true if there may be more."""
    due = Task.objects.filter(is_ready=True, is_told_due=False, due_at__lte=clock.now()).select_related("ticket")
    found = list(due.order_by("due_at", "id")[:BATCH])
    for task in found:
        try:
            tell_due(task, by=None)
        except Exception:  # one that cannot be told must not keep the others waiting
            log.exception("task due failed", task=task.pk)
            with acting():
                Task.objects.filter(pk=task.pk).update(is_told_due=True)
    return len(found) == BATCH


loops.register("tasks: tell what is due", tell_what_is_due, every=30)
