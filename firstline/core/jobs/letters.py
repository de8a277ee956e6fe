"""Rows of the queue, many at once: jobs to do, and dead letters that wait until somebody says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.tasks import Task
from django_ox.models import OxTask

from firstline.core import clock

from .declaring import MAX_ATTEMPTS

AT_ONCE = 500  # rows per statement


def write_jobs(job: Task[Any, Any], calls: Iterable[tuple[Any, ...]]) -> None:
    """What `enqueue` does for one call, for many, without signals and results: a quarter less time."""
    _write(job, calls)


def write_dead_letters(job: Task[Any, Any], calls: Iterable[tuple[Any, ...]], why: Exception) -> None:
    """Write jobs down as dead without trying them, each with its reason."""
    error = {"exception_class_path": f"{type(why).__module__}.{type(why).__qualname__}", "traceback": str(why)}
    _write(job, calls, status=OxTask.Status.FAILED, errors=[error], finished_at=clock.now())


def _write(job: Task[Any, Any], calls: Iterable[tuple[Any, ...]], **state: Any) -> None:
    common = {
        "task_path": job.module_path,
        "queue_name": job.queue_name,
        "priority": job.priority,
        "backend_name": job.backend,
        "max_attempts": getattr(job, "max_attempts", None) or MAX_ATTEMPTS,
        "enqueued_at": clock.now(),
        **state,
    }
    OxTask.objects.bulk_create([OxTask(args=list(call), **common) for call in calls], batch_size=AT_ONCE)
