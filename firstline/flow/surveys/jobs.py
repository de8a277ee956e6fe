"""Looking for what is due. One worker at a time runs these; a frozen one changes nothing (core/jobs)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from firstline.core import clock
from firstline.core.actions import Refused, acting
from firstline.core.jobs import loops

from .actions.pulse import begin_pulse
from .actions.step import take_step
from .models import Asking, Survey

log = structlog.get_logger()

BATCH = 200
TRY_AGAIN = timedelta(hours=1)
TRY_PULSE_AGAIN = timedelta(days=1)


def step_due() -> bool:
    """Remind and close what is due, each in a transaction of its own; true if there may be more."""
    due = list(
        Asking.objects.filter(next_due_at__lte=clock.now())
        .select_related("ticket")
        .order_by("next_due_at", "id")[:BATCH]
    )
    for asking in due:
        try:
            take_step(asking, by=None)
        except Exception:  # one that cannot be done must not keep the others waiting
            log.exception("asking failed", asking=asking.pk)
            with acting():
                Asking.objects.filter(pk=asking.pk).update(next_due_at=clock.now() + TRY_AGAIN)
    return len(due) == BATCH


def pulse_due() -> bool:
    """Begin the pulses whose time has come."""
    for survey in Survey.objects.filter(next_round_at__lte=clock.now(), is_active=True):
        try:
            begin_pulse(survey, by=None)
        except Refused as refusal:
            log.warning("pulse not begun", survey=survey.pk, why=str(refusal))
            with acting():
                Survey.objects.filter(pk=survey.pk).update(next_round_at=clock.now() + TRY_PULSE_AGAIN)
    return False


loops.register("surveys: begin pulses", pulse_due, every=60)
loops.register("surveys: remind and close", step_due, every=5)
