"""What the worker is doing, what waits, and what has failed for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from django_ox.models import OxTask

from firstline.core import clock
from firstline.core.events.models import Event
from firstline.core.leases.models import Lease

from .models import LoopState

DEAD = (OxTask.Status.FAILED, OxTask.Status.LOST)
# Every status is in one of these; a test compares them with django-ox's, so that no job can hide (TRUST P6).
STATES: dict[str, Q] = {
    "dead": Q(status__in=DEAD),
    "retrying": Q(status=OxTask.Status.READY, attempts__gt=0),
    "running": Q(status=OxTask.Status.RUNNING),
    "waiting": Q(status=OxTask.Status.READY, attempts=0) | Q(status=OxTask.Status.WAITING),
    "done": Q(status__in=(OxTask.Status.SUCCESSFUL, OxTask.Status.DISCARDED)),
}


def in_state(state: str) -> QuerySet[Any]:
    """The jobs in one of the STATES; those that need somebody's eye first."""
    order = {"dead": "-finished_at", "done": "-finished_at", "running": "started_at"}.get(state, "enqueued_at")
    return OxTask.objects.filter(STATES[state]).order_by(order)


def counts() -> dict[str, int]:
    """How many jobs are in each state."""
    return OxTask.objects.aggregate(**{state: Count("pk", filter=q) for state, q in STATES.items()})


def name_of(row: Any) -> str:
    """What an admin should read for a job: the listener's name and event, or the function and its ids."""
    values = ", ".join([*map(str, row.args), *(f"{key}={value}" for key, value in row.kwargs.items())])
    return f"{row.task_path.removeprefix('firstline.')}({values})"


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the work behind the pages goes on."""

    worker: str  # empty: none is running
    dead: int
    unsealed: int
    oldest_unsealed_at: datetime | None
    oldest_due_at: datetime | None
    failing_loops: tuple[str, ...]

    @property
    def is_working(self) -> bool:
        return bool(self.worker) and not self.failing_loops


def health() -> Health:
    """A few indexed reads: for the health page, /healthz and the metrics."""
    worker = Lease.objects.filter(name="loops", until__gt=Now()).values_list("holder", flat=True).first()
    unsealed = Event.objects.filter(position__isnull=True).aggregate(count=Count("pk"), oldest=Min("at"))
    due = OxTask.objects.filter(status=OxTask.Status.READY).filter(
        Q(run_after__isnull=True) | Q(run_after__lte=clock.now())
    )
    return Health(
        worker=worker or "",
        dead=in_state("dead").count(),
        unsealed=unsealed["count"],
        oldest_unsealed_at=unsealed["oldest"],
        oldest_due_at=due.aggregate(oldest=Min("enqueued_at"))["oldest"],
        failing_loops=tuple(
            LoopState.objects.filter(failing_since__isnull=False).order_by("name").values_list("name", flat=True)
        ),
    )
