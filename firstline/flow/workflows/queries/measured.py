"""How a workflow does against its goal: the runs that ended in the last ninety days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q

from firstline.core import clock
from firstline.flow.workflows.engine.definition import Definition, duration
from firstline.flow.workflows.models import Run, Workflow
from firstline.flow.workflows.rules import moment_after

DAYS = 90
MOST = 2_000  # of the latest ones


@dataclass(frozen=True, slots=True)
class Measured:
    """`good` of `ended` runs reached what was agreed; `percent` is None while none has ended."""

    ended: int
    good: int
    target: int
    metric: str

    @property
    def percent(self) -> int | None:
        return round(100 * self.good / self.ended) if self.ended else None

    @property
    def is_reached(self) -> bool:
        return self.percent is not None and self.percent >= self.target


def measured(workflow: Workflow, definition: Definition | None) -> Measured:
    since = clock.now() - timedelta(days=DAYS)
    runs = Run.objects.filter(
        version__workflow=workflow, is_open=False, is_sample=False, parent__isnull=True, ended_at__gte=since
    )
    agreed = duration(definition.agreed) if definition is not None and definition.agreed else None
    if workflow.metric == Workflow.Metric.DONE or agreed is None:
        found = runs.aggregate(ended=Count("pk"), good=Count("pk", filter=Q(status="ended", outcome="done")))
        return Measured(found["ended"], found["good"], workflow.target, str(Workflow.Metric.DONE.label))
    if agreed.elapsed is not None:
        good = Count("pk", filter=Q(ended_at__lte=F("started_at") + agreed.elapsed))
        found = runs.aggregate(ended=Count("pk"), good=good)
        return Measured(found["ended"], found["good"], workflow.target, str(Workflow.Metric.IN_TIME.label))
    moments = list(runs.order_by("-ended_at").values_list("started_at", "ended_at")[:MOST])
    good_ones = sum(end is not None and end <= moment_after(agreed, begin) for begin, end in moments)
    return Measured(len(moments), good_ones, workflow.target, str(Workflow.Metric.IN_TIME.label))
