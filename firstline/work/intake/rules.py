"""Who may shape a form, and who may read what was filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from firstline.core.actions import may

from .models import Form, Submission

Reader = Callable[[Any, Submission], bool]
_readers: list[Reader] = []


def plug_in_reader(reads: Reader) -> None:
    """A room above says whether somebody sees what became of a submission, and so may read it (work/tickets)."""
    _readers.append(reads)


def may_read(person: Any, submission: Submission) -> bool:
    """Whoever filled it in or asked for it, and whoever sees the ticket it became."""
    if person.pk in (submission.person_id, submission.requester_id):
        return True
    return any(reads(person, submission) for reads in _readers)


def shaped_by(person: Any) -> QuerySet[Form]:
    """The forms this person may shape: their own, or all with the right for it."""
    if may(person, "catalog.edit"):
        return Form.objects.all()
    return Form.objects.filter(Q(owner=person)) if person.pk else Form.objects.none()
