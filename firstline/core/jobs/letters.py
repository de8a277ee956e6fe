"""Dead letters: jobs that will not be tried again until somebody says so."""

from __future__ import annotations

from typing import Any

from django.tasks import Task
from django_ox.models import OxTask

from firstline.core import clock


def write_dead_letters(job: Task[Any, Any], calls: list[tuple[Any, ...]], why: Exception) -> None:
    """Write jobs down as dead without trying them, each with its reason."""
    now = clock.now()
    error = {"exception_class_path": f"{type(why).__module__}.{type(why).__qualname__}", "traceback": str(why)}
    OxTask.objects.bulk_create(
        [
            OxTask(
                task_path=job.module_path,
                args=list(call),
                queue_name=job.queue_name,
                priority=job.priority,
                backend_name=job.backend,
                status=OxTask.Status.FAILED,
                errors=[error],
                enqueued_at=now,
                finished_at=now,
            )
            for call in calls
        ]
    )
