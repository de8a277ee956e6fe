from __future__ import annotations

from datetime import UTC, datetime

from cronsim import CronSim
from django.tasks import Task, default_task_backend
from django.utils.module_loading import import_string

from firstline.config.periodic import PERIODIC, schedules


def test_all_periodic_work_exists_and_has_a_time_that_comes() -> None:
    for cron, path in PERIODIC.values():
        assert isinstance(import_string(path), Task)
        assert next(CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))).year == 2026
    assert schedules().keys() == PERIODIC.keys()
    assert default_task_backend.options["SCHEDULES"] == schedules()
