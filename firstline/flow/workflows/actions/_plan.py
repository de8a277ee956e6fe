"""A plan that a task ticks off: its steps as rows when the task opens, what became of them when it is answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.flow.workflows.engine.definition import Task
from firstline.flow.workflows.engine.planned import scheduled, understood
from firstline.flow.workflows.models import PlanStep, Step
from firstline.flow.workflows.rules import working_time

if TYPE_CHECKING:
    from ._moving import Move


def open_plan(move: Move, row: Step, step: Task) -> None:
    """One row for each step of the plan, as it is when the task opens; later plans do not change it."""
    if step.ticks_off is None or PlanStep.objects.filter(run=move.run, number=row.number).exists():
        return
    seen = move.seen(row)
    said = seen.get(step.ticks_off.plan) or []
    steps, _wrong = understood(said if isinstance(said, list) else str(said).splitlines())
    begins = _begins(seen.get(step.ticks_off.begins or "")) or row.opened_at
    PlanStep.objects.bulk_create(
        PlanStep(
            run=move.run, number=row.number, place=place, what=one.what, who=one.who, minutes=one.minutes,
            planned_begin=begin, planned_end=end,
        )
        for place, (one, (begin, end)) in enumerate(zip(steps, scheduled(steps, begins), strict=True), 1)
    )  # fmt: skip


def _begins(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def close_plan(move: Move, row: Step, outcome: str) -> dict[str, Any]:
    """What became of the plan, for the data of the run. Its first answer is refused while a step is open."""
    step = move.steps[row.step]
    if not isinstance(step, Task) or step.ticks_off is None:
        return {}
    steps = list(PlanStep.objects.filter(run=move.run, number=row.number).select_related("ended_by"))
    left = [each.what for each in steps if not each.has_ended]
    if left and (outcome or step.outcomes[0]) == step.outcomes[0]:
        words = {"steps": ", ".join(f"“{each}”" for each in left[:5])}
        raise Refused(_("Tick off every step of the plan first, or leave it out with a reason: %(steps)s.") % words)
    into = step.ticks_off.into
    return {into: "\n".join(map(line_of, steps))} if into and steps else {}


def line_of(step: PlanStep) -> str:
    """One step in one line of plain text: planned and real times by the clock of the house."""
    words = {
        "place": step.place, "what": step.what, "who": f" ({step.who})" if step.who else "",
        "planned": f"{_clock(step.planned_begin)}–{_clock(step.planned_end, step.planned_begin)}",
    }  # fmt: skip
    if step.left_out:
        said = _("%(place)s. %(what)s%(who)s: planned %(planned)s, left out: %(reason)s")
        return said % {**words, "reason": step.left_out}
    if step.began_at is None or step.ended_at is None:
        return _("%(place)s. %(what)s%(who)s: planned %(planned)s, not done") % words
    real = f"{_clock(step.began_at)}–{_clock(step.ended_at, step.began_at)}"
    late = step.late or 0
    return _("%(place)s. %(what)s%(who)s: planned %(planned)s, really %(real)s (%(late)s min)") % {
        **words, "real": real, "late": f"{late:+d}" if late else "±0"
    }  # fmt: skip


def _clock(moment: datetime, same_day_as: datetime | None = None) -> str:
    local = working_time().local
    here = local(moment)
    is_same = same_day_as is not None and local(same_day_as).date() == here.date()
    return here.strftime("%H:%M" if is_same else "%Y-%m-%d %H:%M")
