"""What people say when asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.surveys.events import FeedbackGiven
from firstline.flow.surveys.models import Feedback, Question, Survey
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.confirm import say_whether_solved
from firstline.work.tickets.models import StatusType, Ticket

from .ask import VALID_DAYS, survey_of
from .follow_up import follow_up_bad_answer

LONGEST_REMARK = 10_000


@action("ticket.rate", permission="ticket.rate")
def rate(ticket: Ticket, is_satisfied: bool, *, remark: str = "", by: Any) -> Ticket:
    """Say whether one was satisfied with how it went."""
    if ticket.state not in {StatusType.RESOLVED, StatusType.CLOSED}:
        raise Refused(_("It is not solved yet. Once it is, you can tell us how it was."))
    _keep(_feedback_of(ticket, by), is_satisfied=is_satisfied, remark=remark, answers={})
    return ticket


@action("feedback.answer", permission="survey.edit")
def answer(
    feedback: Feedback,
    *,
    is_solved: bool | None = None,
    is_satisfied: bool | None = None,
    remark: str = "",
    answers: Mapping[str, Any] | None = None,
    by: Any,
) -> Feedback:
    """Answer by the link of a mail, which is made for one person and one ticket; may be changed until it expires."""
    feedback.refresh_from_db(from_queryset=Feedback.objects.select_for_update(of=("self",)))
    if feedback.expires_at <= clock.now():
        raise Refused(_("This question is not open any more."))
    ticket, person = feedback.ticket, feedback.person
    remark = remark.strip()[:LONGEST_REMARK]
    if is_solved is not None and feedback.asking is not None and not ticket.is_unsolved:
        already_said = is_solved and ticket.state == StatusType.CLOSED
        if not already_said:
            say_whether_solved(ticket, is_solved, remark=remark, person=person)
        if not is_solved and remark:
            reply(ticket, remark, author=person, by=None)
    _keep(feedback, is_satisfied=is_satisfied, remark=remark, answers=answers or {})
    return feedback


def _keep(feedback: Feedback, *, is_satisfied: bool | None, remark: str, answers: Mapping[str, Any]) -> None:
    if is_satisfied is not None:
        feedback.is_satisfied = is_satisfied
    feedback.remark = remark.strip()[:LONGEST_REMARK] or feedback.remark
    feedback.answers = {**feedback.answers, **_clean(feedback, answers)}
    is_news = feedback.answered_at is None or is_satisfied is not None or bool(answers)
    feedback.answered_at = clock.now()
    feedback.save()
    if is_news and (feedback.is_satisfied is not None or feedback.answers):
        record(
            feedback.ticket, FeedbackGiven, by=feedback.person, feedback=feedback.pk, is_satisfied=feedback.is_satisfied
        )
    if feedback.is_satisfied is False:
        follow_up_bad_answer(feedback)


def _clean(feedback: Feedback, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Only answers to questions of this survey, of the type they ask for."""
    if not answers or feedback.survey_id is None:
        return {}
    questions = Question.objects.filter(survey=feedback.survey_id, is_active=True)
    return clean_answers(questions, answers)


def clean_answers(questions: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept; Refused for one that cannot be."""
    kept: dict[str, Any] = {}
    for question in questions:
        value = answers.get(str(question.pk))
        if value in (None, ""):
            if question.is_required:
                raise Refused(_("Please answer “%(question)s”.") % {"question": question.words})
            continue
        kept[str(question.pk)] = _clean_one(question, value)
    return kept


def _clean_one(question: Question, value: Any) -> Any:
    match question.type:
        case Question.Type.RATING if str(value) in {"1", "2", "3", "4", "5"}:
            return int(value)
        case Question.Type.YES_NO if value in {"yes", "no", True, False}:
            return value in {"yes", True}
        case Question.Type.CHOICE if value in question.options:
            return value
        case Question.Type.TEXT:
            return str(value).strip()[:LONGEST_REMARK]
    raise Refused(_("“%(value)s” is no answer to “%(question)s”.") % {"value": value, "question": question.words})


def _feedback_of(ticket: Ticket, person: Any) -> Feedback:
    """The question the person was asked about this solving, or a new one: nobody needs to wait until asked."""
    asked = Feedback.objects.filter(ticket=ticket, person=person, part=Feedback.Part.REQUESTER)
    asked = asked.exclude(survey__occasion=Survey.Occasion.ESCALATION)  # how that went is another question
    if ticket.resolved_at is not None:
        asked = asked.filter(asked_at__gte=ticket.resolved_at)
    found = asked.select_for_update(of=("self",)).order_by("-asks_to_rate", "-id").first()
    if found is not None:
        return found
    return Feedback(
        ticket=ticket,
        person=person,
        survey=survey_of(ticket),
        team_id=ticket.team_id,
        category_id=ticket.category_id,
        agent_id=ticket.owner_id,
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(days=VALID_DAYS),
    )
