"""Looking for what is due. One worker at a time runs these; a frozen one changes nothing (core/jobs)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db.models import Q

from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.jobs import loops

from .actions.expire import begin_stand_in, end_stand_in, take_step
from .models import Stage, StandIn

log = structlog.get_logger()

BATCH = 200
TRY_AGAIN = timedelta(hours=1)


def step_due() -> bool:
    """Remind and end what is due, each in a transaction of its own; true if there may be more."""
    due = list(
        Stage.objects.filter(next_due_at__lte=clock.now())
        .select_related("approval__ticket")
        .order_by("next_due_at", "id")[:BATCH]
    )
    for stage in due:
        try:
            take_step(stage, by=None)
        except Exception:  # one that cannot be done must not keep the others waiting
            log.exception("approval stage failed", stage=stage.pk)
            with acting():
                Stage.objects.filter(pk=stage.pk).update(next_due_at=clock.now() + TRY_AGAIN)
    return len(due) == BATCH


def change_places() -> bool:
    """Pass on and give back what waits, on the days that people have named."""
    today = clock.now().date()
    open_ones = StandIn.objects.filter(has_ended=False)
    for stand_in in open_ones.filter(last_day__lt=today)[:BATCH]:
        end_stand_in(stand_in, by=None)
    for stand_in in open_ones.filter(Q(has_begun=False), first_day__lte=today, last_day__gte=today)[:BATCH]:
        begin_stand_in(stand_in, by=None)
    return False


loops.register("approvals: remind and expire", step_due, every=10)
loops.register("approvals: stand in", change_places, every=60)
