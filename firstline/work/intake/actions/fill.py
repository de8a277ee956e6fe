"""Filling in: begin, keep what is typed, add and remove files, give up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action
from firstline.work.intake.engine.questions import Question, find
from firstline.work.intake.engine.reading import MOST_FILES, Unfit, fits
from firstline.work.intake.models import AnswerFile, Draft, FormVersion
from firstline.work.intake.queries.lists import as_typed
from firstline.work.intake.queries.words import sentence_of

PAUSE = 300  # seconds without a sign of life that count as a pause, not as filling in
LARGEST_DRAFT = 400_000  # characters of all answers together


@action("draft.begin", permission="ticket.ask")
def begin(version: FormVersion, purpose: str, *, requester: Any | None = None, by: Any) -> Draft:
    """Begin to fill in a form, or go on with what was begun, on whatever device."""
    requester = requester or by
    mine = Draft.objects.filter(person=by, requester=requester, purpose=purpose, ended_at=None)
    known = mine.select_related("version").first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Draft.objects.create(
                person=by, requester=requester, version=version, purpose=purpose, answers=as_typed(version, requester)
            )
    except IntegrityError:  # begun twice at once
        return mine.get()


@action("draft.keep", permission="ticket.ask")
def keep(
    draft: Draft, answers: Mapping[str, Any], *, last_question: str = "", page: int | None = None, by: Any
) -> Draft:
    """Keep what was typed, as it was typed; answers of other pages stay."""
    _must_be_mine(draft, by)
    draft.refresh_from_db(from_queryset=Draft.objects.select_for_update(of=("self",)))
    if draft.ended_at is not None:
        raise Refused(_("This has been sent already."))
    kept = {**draft.answers, **answers}
    if len(str(kept)) > LARGEST_DRAFT:
        raise Refused(_("That is more than a form can hold. Send long texts as a file."))
    now = clock.now()
    draft.seconds += min(PAUSE, max(0, int((now - draft.touched_at).total_seconds())))
    draft.answers, draft.touched_at = kept, now
    if last_question and find(draft.version.questions, last_question):
        draft.last_question = last_question
    if page is not None:
        draft.last_page = max(1, min(page, 999))
    draft.save()
    return draft


@action("draft.attach", permission="ticket.ask")
def attach(draft: Draft, question: Question, *, name: str, type: str, size: int, sha256: str, by: Any) -> AnswerFile:  # noqa: A002 -- the word everybody uses
    """Add a file to a question; its bytes are stored already."""
    _must_be_mine(draft, by)
    if draft.ended_at is not None:
        raise Refused(_("This has been sent already."))
    try:
        fits(question, name, size)
        if AnswerFile.objects.filter(draft=draft, question=question.key).count() >= MOST_FILES:
            raise Unfit("too_many", most=MOST_FILES)
    except Unfit as unfit:
        raise Refused(sentence_of(unfit.code, unfit.facts)) from unfit
    return AnswerFile.objects.create(
        draft=draft, question=question.key, name=name[-255:], type=type[:120], size=size, sha256=sha256
    )


@action("draft.detach", permission="ticket.ask")
def detach(draft: Draft, file: AnswerFile, *, by: Any) -> None:
    """Take a file away again."""
    _must_be_mine(draft, by)
    if file.draft_id == draft.pk and draft.ended_at is None:
        file.delete()


@action("draft.discard", permission="ticket.ask")
def discard(draft: Draft, *, by: Any) -> None:
    """Give up: what was typed is gone, only how far it went is kept for whoever owns the form."""
    _must_be_mine(draft, by)
    AnswerFile.objects.filter(draft=draft, submission=None).delete()
    draft.answers, draft.ended_at = {}, clock.now()
    draft.save()


def _must_be_mine(draft: Draft, by: Any) -> None:
    if by is not None and draft.person_id != by.pk:
        raise NotAllowed("Somebody else is filling this in.")
