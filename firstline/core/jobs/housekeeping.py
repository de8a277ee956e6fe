"""Jobs about jobs. When they run is in config/periodic.py."""

from __future__ import annotations

from datetime import timedelta

from django_ox.models import OxScheduleTick, OxTask

from firstline.core import clock, files

from .declaring import Hopeless, job

KEEP_DONE = timedelta(days=7)  # long enough to look back at, short enough for a small table
AT_ONCE = 1000  # rows per statement, so that nobody waits for the lock


@job()
def prune() -> int:
    """Remove jobs that were done a week ago; failed ones stay until somebody decides."""
    before = clock.now() - KEEP_DONE
    done = OxTask.objects.filter(status__in=(OxTask.Status.SUCCESSFUL, OxTask.Status.DISCARDED), finished_at__lt=before)
    removed = 0
    while ids := list(done.values_list("pk", flat=True)[:AT_ONCE]):
        removed += OxTask.objects.filter(pk__in=ids).delete()[0]
    OxScheduleTick.objects.filter(created_at__lt=before - timedelta(days=400)).delete()
    return removed


@job()
def sweep_files() -> int:
    """Delete files that nothing names any more."""
    return files.delete_unreferenced()


@job()
def check_files() -> int:
    """Read every file; what is damaged or missing becomes a dead letter that an admin sees."""
    report = files.check_files()
    if report.damaged or report.missing:
        raise Hopeless(f"Damaged files: {list(report.damaged)[:20]}; missing files: {list(report.missing)[:20]}.")
    return report.size
