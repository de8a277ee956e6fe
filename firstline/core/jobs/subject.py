"""A job as the subject of an event. Its own id is a UUID; events count, so they take 63 bits of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django_ox.models import OxTask

from firstline.core.actions import Refused

from .queries import name_of


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the queue."""

    id: UUID
    name: str
    noun = "job"

    @property
    def pk(self) -> int:
        return self.id.int >> 65


def find_job(job: str | UUID) -> Job:
    """The job with this id, or a refusal that says it is gone."""
    try:
        row = OxTask.objects.get(pk=job if isinstance(job, UUID) else UUID(job))
    except (OxTask.DoesNotExist, ValueError):
        raise Refused(_("This job no longer exists. Reload the page.")) from None
    return Job(row.pk, name_of(row))
