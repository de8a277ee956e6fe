"""What a ticket shows of what was asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import may
from firstline.flow.surveys.models import Asking, Feedback, Question
from firstline.work.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as this reader may read it."""

    feedback: Feedback
    remark: str
    has_hidden_words: bool
    answers: list[tuple[str, str]]


def panel(ticket: Ticket, person: Any) -> dict[str, Any] | None:
    """What the desk's page of a ticket shows of it."""
    names = {"confirmation": confirmation_of(ticket), "feedback": feedback_on(ticket, person)}
    return names if any(names.values()) else None


def confirmation_of(ticket: Ticket) -> Asking | None:
    """The last time it was asked whether it is solved; nobody was asked about what never was."""
    if ticket.resolved_at is None and not ticket.reopen_count:
        return None
    return Asking.objects.filter(ticket=ticket).select_related("answered_by").order_by("-id").first()


def feedback_on(ticket: Ticket, person: Any) -> list[Shown]:
    """What people said about the ticket, newest first; their words only for those who may read them."""
    rows = list(
        Feedback.objects.filter(ticket=ticket, answered_at__isnull=False)
        .select_related("person", "follow_up")
        .order_by("-id")
    )
    rows = [row for row in rows if row.is_satisfied is not None or row.answers]
    if not rows:
        return []
    reads_words = may(person, "feedback.remark", ticket)
    questions = {str(each.pk): each for each in Question.objects.filter(survey__in={row.survey_id for row in rows})}
    return [_shown(row, questions, reads_words=reads_words) for row in rows]


def own_feedback(ticket: Ticket, person: Any) -> Feedback | None:
    """What the person themselves said about this solving, for the portal."""
    found = Feedback.objects.filter(ticket=ticket, person=person, is_satisfied__isnull=False)
    if ticket.resolved_at is not None:
        found = found.filter(asked_at__gte=ticket.resolved_at)
    return found.order_by("-id").first()


def in_words(question: Question, value: Any) -> str:
    """An answer as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value}/5" if question.type == Question.Type.RATING else _(str(value))


def _shown(row: Feedback, questions: dict[str, Question], *, reads_words: bool) -> Shown:
    answers = []
    hides = bool(row.remark) and not reads_words
    for key, value in row.answers.items():
        question = questions.get(key)
        if question is None:
            continue
        if question.type == Question.Type.TEXT and not reads_words:
            hides = True
            continue
        answers.append(
            (question.words, str(value) if question.type == Question.Type.TEXT else in_words(question, value))
        )
    return Shown(row, row.remark if reads_words else "", hides, answers)
