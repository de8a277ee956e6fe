"""Handing a form over: the server decides what is an answer, whatever the browser thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action
from firstline.core.events.record import record
from firstline.work.intake.engine.answers import Cleaned
from firstline.work.intake.events import SubmissionFiled
from firstline.work.intake.models import AnswerFile, Draft, FormVersion, Submission
from firstline.work.intake.queries.forms import cleaned
from firstline.work.intake.queries.words import sentence


class Unanswered(Refused):
    """Some answers are missing or do not fit; `cleaned.problems` says which."""

    def __init__(self, cleaned: Cleaned) -> None:
        super().__init__(sentence(cleaned.problems[0]))
        self.cleaned = cleaned


@action("form.submit", permission="ticket.ask")
def submit(
    version: FormVersion, answers: Mapping[str, Any], *, once: str, requester: Any, purpose: str = "",
    draft: Draft | None = None, by: Any,
) -> tuple[Submission, bool]:  # fmt: skip
    """Check the answers and keep them for good. With whether it is new: the same `once` files the same thing once.

    What becomes of it is the business of the room above, which tells it by `tell_filed`.
    """
    if draft is not None:
        if by is not None and draft.person_id != by.pk:
            raise NotAllowed("Somebody else is filling this in.")
        draft.refresh_from_db(from_queryset=Draft.objects.select_for_update(of=("self",)))
    known = Submission.objects.filter(once=once).first()
    if known is not None:
        if by is not None and known.person_id != by.pk:
            raise NotAllowed("Somebody else has sent this.")
        return known, False
    found = cleaned(version, answers, person=requester, draft=draft)
    if found.problems:
        raise Unanswered(found)
    submission = Submission(
        version=version, person=by, requester=requester, purpose=purpose, answers=found.answers, once=once,
        seconds=draft.seconds if draft else None, filed_at=clock.now(),
    )  # fmt: skip
    submission.save(force_insert=True)
    if draft is not None:
        _end(draft, submission, found)
    return submission, True


@action("form.tell_filed", permission="ticket.ask")
def tell_filed(submission: Submission, *, offering: str = "", tickets: Sequence[int], by: Any) -> None:
    """Record what became of it: from here on workflows and rules know."""
    version = submission.version
    record(
        submission, SubmissionFiled, by=by, form=version.form.key, form_id=version.form_id, version=version.number,
        offering=offering, answers=submission.answers, ticket=tickets[0] if tickets else None, tickets=list(tickets),
        requester=submission.requester_id,
    )  # fmt: skip


def _end(draft: Draft, submission: Submission, found: Cleaned) -> None:
    """The files go with the answers; of the draft only how it went is kept. Files of hidden questions go away."""
    shown = {path.partition(".")[0] for path in found.shown}
    files = AnswerFile.objects.filter(draft=draft, submission=None)
    files.exclude(question__in=shown).delete()
    files.update(submission=submission)
    draft.answers, draft.ended_at, draft.submission = {}, submission.filed_at, submission
    draft.save()
