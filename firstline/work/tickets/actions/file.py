"""A form filled in for an offering becomes a ticket, or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from firstline.core.actions import NotAllowed, Refused, action, may
from firstline.people.notifications.engine.words import fill
from firstline.work.catalog.models import Offering
from firstline.work.catalog.rules import offered_to
from firstline.work.intake.actions.submit import submit, tell_filed
from firstline.work.intake.models import Draft, FormVersion, Submission
from firstline.work.intake.queries.forms import asking, published
from firstline.work.intake.queries.words import Line, as_message, lines
from firstline.work.tickets.models import Category, Filing, Link, Ticket

from .link import link
from .open import open_ticket


@action("offering.file", permission="ticket.ask")
def file_offering(
    offering: Offering, answers: Mapping[str, Any], *, once: str, requester: Any | None = None,
    draft: Draft | None = None, source: str | None = None, by: Any,
) -> list[Ticket]:  # fmt: skip
    """Ask for an offering with these answers. The tickets it became: the parent first where there is one.

    `once` names this one sending: sent again, it answers with the same tickets and files nothing.
    """
    requester = requester or by
    version = _version_for(offering, requester, draft=draft, by=by)
    submission, is_new = submit(
        version, answers, once=once, requester=requester, purpose=offering.purpose, draft=draft, by=by
    )
    if not is_new:
        return [
            filing.ticket
            for filing in Filing.objects.filter(submission=submission).select_related("ticket").order_by("id")
        ]
    tickets = _open(offering, submission, version, requester, source, by)
    tell_filed(submission, offering=offering.key, tickets=[each.pk for each in tickets], by=by)
    return tickets


def _version_for(offering: Offering, requester: Any, *, draft: Draft | None, by: Any) -> FormVersion:
    """The version to be answered, if this person may ask for it now: whoever has begun goes on with theirs."""
    if by is not None and by.pk != requester.pk and not may(by, "ticket.open"):
        raise NotAllowed("Only the desk asks in somebody's name.")
    if not offered_to(requester).filter(pk=offering.pk).exists():
        raise NotAllowed("This is not offered to them.")
    if draft is not None:
        if draft.purpose != offering.purpose or draft.requester_id != requester.pk:
            raise NotAllowed("This was begun for something else.")
        return draft.version
    found = published(offering.form_id) if offering.form_id else None
    if found is None:
        raise Refused(_("This cannot be asked for just now: its form is not published."))
    return found


def _open(
    offering: Offering, submission: Submission, version: FormVersion, requester: Any, source: str | None, by: Any
) -> list[Ticket]:
    answers = dict(submission.answers)
    rows = answers.get(offering.rows) if offering.makes != Offering.Makes.ONE and offering.rows else None
    if not isinstance(rows, list) or not rows:
        return [_one(offering, submission, version, answers, requester, source, by)]
    common = {key: value for key, value in answers.items() if key != offering.rows}
    tickets = []
    if offering.makes == Offering.Makes.CHILDREN:
        tickets.append(_one(offering, submission, version, answers, requester, source, by))
    for place, row in enumerate(rows, 1):
        child = _one(offering, submission, version, {**common, **row}, requester, source, by, place=place)
        if offering.makes == Offering.Makes.CHILDREN:
            link(tickets[0], child, Link.Type.PARENT.value, by=None)
        tickets.append(child)
    return tickets


def _one(
    offering: Offering, submission: Submission, version: FormVersion, answers: dict[str, Any], requester: Any,
    source: str | None, by: Any, *, place: int = 0,
) -> Ticket:  # fmt: skip
    language = requester.language or "en"
    with override(language):  # in the words of whoever asks
        said = lines(_flat(version, requester, offering.rows if place else ""), answers, code=language)
        subject = _subject(offering, said, place=place)
    return open_ticket(
        requester,
        subject,
        kind=offering.ticket_kind,
        category=_category(offering),
        team=offering.team,
        impact=offering.impact,
        urgency=offering.urgency,
        source=source,
        words=as_message(said),
        filing=Filing(submission=submission, offering=offering, place=place, answers=answers),
        by=by,
    )


def _flat(version: FormVersion, person: Any, rows: str) -> list[Any]:
    """The questions of one ticket: those of a row stand among the others."""
    questions = asking(version, person).questions
    return [inner for each in questions for inner in (each.questions if rows and each.key == rows else (each,))]


def _subject(offering: Offering, said: list[Line], *, place: int) -> str:
    if offering.subject:
        return fill(offering.subject, {line.key: line.text for line in said})
    first = next((line.text for line in said if place and line.text), "")
    return f"{offering.name}: {first}" if first else offering.name


def _category(offering: Offering) -> Category | None:
    return Category.objects.filter(pk=offering.ticket_category).first() if offering.ticket_category else None
