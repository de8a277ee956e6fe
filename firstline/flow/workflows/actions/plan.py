"""Ticking a plan off: when each step really began and ended, or why it was left out."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.workflows.events import PlanTicked
from firstline.flow.workflows.models import PlanStep, Step
from firstline.work.tickets.actions._change import lock


@action("workflow.tick", permission="workflow.answer")
def tick(step: Step, place: int, how: str, reason: str = "", *, by: Any) -> PlanStep:
    """Say that a step of the plan began, ended, is left out (with a reason), or that this was a slip (undone)."""
    lock(step.run.ticket)
    if not Step.objects.filter(pk=step.pk, is_open=True).exists():
        raise Refused(_("This task is over: its plan is not ticked off any more."))
    found = PlanStep.objects.select_for_update(of=("self",)).filter(run=step.run_id, number=step.number, place=place)
    row = found.first()
    if row is None:
        raise Refused(_("There is no such step in the plan."))
    now, reason = clock.now(), " ".join(reason.split())[:300]
    match how:
        case "began" if not row.has_ended:
            row.began_at = row.began_at or now
        case "ended" if not row.has_ended:
            row.began_at, row.ended_at, row.ended_by = row.began_at or now, now, by
        case "left_out" if row.ended_at is None:
            if not reason:
                raise Refused(_("Say why this step is left out."))
            row.left_out, row.ended_by = reason, by
        case "undone":
            row.began_at, row.ended_at, row.ended_by, row.left_out = None, None, None, ""
        case _:
            raise Refused(_("This step has ended already."))
    row.save()
    record(
        step.run.ticket, PlanTicked, by=by, run=step.run_id, number=step.number, place=place, what=row.what, how=how,
        reason=reason,
    )  # fmt: skip
    return row
