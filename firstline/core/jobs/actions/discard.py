from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django_ox import actions as ox

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.jobs.events import JobDiscarded
from firstline.core.jobs.subject import find_job


@action("job.discard", permission="job.repair")
def discard(job: str, *, by: Any) -> None:
    """Give a job up: it will not run."""
    found = find_job(job)
    if not ox.discard(found.id):
        raise Refused(_("A job that is running or done cannot be discarded."))
    record(found, JobDiscarded, by=by, job=str(found.id), name=found.name)
