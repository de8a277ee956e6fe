"""The worker: django-ox with a fence around what its jobs change, and a stop that takes no time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import F
from django_ox.models import OxTask
from django_ox.worker import Worker

from firstline.core.actions import fenced
from firstline.core.leases.leadership import LeaseLost

POLL_SECONDS = 0.2
REAP_SECONDS = 5.0  # orphans are found within the lease and this


class FencedWorker(Worker):
    """django-ox refuses the *outcome* of a job whose lease has passed on; this refuses its actions, too."""

    @contextmanager
    def _task_body(self, db_task: Any) -> Iterator[None]:
        def confirm() -> None:
            # Called last in the transaction: the row stays locked for the commit only, so that neither
            # the renewal of leases nor another worker's search for orphans has to wait for a slow job.
            mine = OxTask.objects.filter(
                pk=db_task.pk, lease_epoch=db_task.lease_epoch, status=OxTask.Status.RUNNING
            ).update(locked_by=F("locked_by"))
            if not mine:
                raise LeaseLost(f"Job {db_task.pk} has passed on to another worker.")

        with super()._task_body(db_task), fenced(confirm):
            yield

    def hand_back(self) -> int:
        """Give jobs that are still running to the next worker, without counting the attempt against them."""
        return int(
            OxTask.objects.filter(locked_by=self.worker_id, status=OxTask.Status.RUNNING).update(
                status=OxTask.Status.READY,
                lease_epoch=F("lease_epoch") + 1,
                max_attempts=F("max_attempts") + 1,
                locked_by=None,
                locked_at=None,
                lease_expires_at=None,
            )
        )
