from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django_ox import actions as ox

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.jobs.events import JobRetried
from firstline.core.jobs.subject import find_job


@action("job.retry", permission="job.repair")
def retry(job: str, *, by: Any) -> None:
    """Run a failed job again."""
    found = find_job(job)
    if not ox.retry(found.id):
        raise Refused(_("Only a job that has failed for good can be run again."))
    record(found, JobRetried, by=by, job=str(found.id), name=found.name)
