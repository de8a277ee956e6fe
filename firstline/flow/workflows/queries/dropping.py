"""What a workflow could do without, by how its runs went: steps that change nothing cost time all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.flow.workflows.engine.definition import Definition, all_steps
from firstline.flow.workflows.models import Run, Step, Workflow

WITHIN = timedelta(days=365)
ENOUGH = 10  # runs, answers: of fewer nothing can be learnt
NO = ("refused", "expired")


@dataclass(frozen=True, slots=True)
class Droppable:
    """A step, why it could go, and the hours one run waits for it on average."""

    step: str
    sentence: str
    hours: float


def droppable(workflow: Workflow, definition: Definition) -> list[Droppable]:
    """What costs most first. Two queries."""
    since = clock.now() - WITHIN
    runs = Run.objects.filter(
        version__workflow=workflow, is_open=False, is_sample=False, ended_at__gte=since, status=Run.Status.ENDED
    )
    ended = runs.count()
    if ended < ENOUGH:
        return []
    waited = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    rows: Any = (
        Step.objects.filter(run__in=runs).order_by().values("step")
        .annotate(
            many=Count("pk"), skipped=Count("pk", filter=Q(how=Step.How.SKIPPED)),
            answered=Count("pk", filter=Q(how=Step.How.DONE)), no=Count("pk", filter=Q(outcome__in=NO)),
            kinds=Count("outcome", distinct=True, filter=Q(how=Step.How.DONE)), outcome=Max("outcome"),
            waited=Avg(waited),
        )
    )  # fmt: skip
    by_step = {row["step"]: row for row in rows}
    found = [each for step in all_steps(definition.steps) for each in _of(step, by_step.get(step.id), ended)]
    return sorted(found, key=lambda each: (-each.hours, each.step))


def _of(step: Any, row: dict[str, Any] | None, ended: int) -> Iterator[Droppable]:
    name = step.name or step.id
    if row is None:
        # Repairs by hand are there for the day on which something fails.
        if (step.rests or step.kind == "notify") and step.kind != "for_each" and "by_hand" not in step.id:
            said = _("“%(step)s” was never reached in %(count)s runs: the way that leads to it could go.")
            yield Droppable(step.id, said % {"step": name, "count": ended}, 0.0)
        return
    hours = row["waited"].total_seconds() / 3600 if row["waited"] else 0.0
    words = {"step": name, "count": row["many"], "hours": f"{hours:.1f}", "answer": row["outcome"]}
    if row["many"] >= ENOUGH and row["skipped"] == row["many"]:
        yield Droppable(step.id, _("“%(step)s” was skipped every time (%(count)s): drop it.") % words, hours)
    elif step.kind == "approval" and row["answered"] >= ENOUGH and not row["no"]:
        said = _(
            "“%(step)s” was never refused in %(count)s decisions, and each took %(hours)s hours: "
            "approve it beforehand, or drop it."
        )
        yield Droppable(step.id, said % words, hours)
    elif step.kind == "task" and len(step.outcomes) > 1 and row["answered"] >= ENOUGH and row["kinds"] == 1:
        said = _("“%(step)s” was always answered “%(answer)s” (%(count)s times): its other answers could go.")
        yield Droppable(step.id, said % words, hours)
