"""Everything that happens by the calendar. Times are UTC. Each line is one job, enqueued once per tick by any worker.

What is due at a moment of its own (clocks, waits) is not here: it has a `due_at`, and a loop looks for it.
"""

from __future__ import annotations

from typing import Any

#       when (minute hour day month weekday)   what
PERIODIC: dict[str, tuple[str, str]] = {
    "jobs: remove those done long ago": ("17 3 * * *", "firstline.core.jobs.housekeeping.prune"),
    "files: delete what nothing names": ("47 3 * * *", "firstline.core.jobs.housekeeping.sweep_files"),
    "files: read and compare every one": ("7 4 * * *", "firstline.core.jobs.housekeeping.check_files"),
    "calendars: holidays of the coming years": ("23 1 * * *", "firstline.core.calendars.jobs.refresh_all"),
    "reports: whether the work of a team piles up": ("43 4 * * *", "firstline.insight.reports.jobs.watch_backlogs"),
    "audit: write a checkpoint": ("*/10 * * * *", "firstline.core.jobs.audit.checkpoint"),
    "audit: verify the chain of events": ("37 2 * * *", "firstline.core.jobs.audit.verify"),
}


def schedules() -> dict[str, dict[str, Any]]:
    """The list, as django-ox wants it."""
    return {name: {"cron": cron, "task": job} for name, (cron, job) in PERIODIC.items()}
