"""Do all that is due, now, in this thread: for tests of later listeners, the demo world and imports."""

from __future__ import annotations

from django_ox.models import OxTask

from firstline.core.leases.leadership import Leadership

from .dispatch import dispatch
from .worker import FencedWorker


class JobFailed(AssertionError):
    """A job failed while draining; the message is its traceback."""


def drain(*, forgiving: bool = False) -> int:
    """Seal events and run jobs until nothing is due; returns how many jobs ran.

    Raises `JobFailed` at the first failed attempt, unless `forgiving`.
    """
    lead = Leadership("loops", holder="drain")
    worker = FencedWorker()
    ran = 0
    lead.take()
    try:
        while True:
            while dispatch(lead):
                pass
            if not worker.run_once():
                return ran
            ran += 1
            if not forgiving:
                _complain()
    finally:
        lead.release()


def _complain() -> None:
    failed = OxTask.objects.exclude(errors=[]).order_by("-last_attempted_at").first()
    if failed is not None:
        raise JobFailed(failed.errors[-1]["traceback"])
