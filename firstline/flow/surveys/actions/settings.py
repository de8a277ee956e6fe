"""What is asked, and in which words: the organisation's own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.conditions import parse
from firstline.core.events.record import record
from firstline.core.fields import ConditionError, Context
from firstline.flow.surveys.engine.letters import unknown_places
from firstline.flow.surveys.events import SurveyChanged
from firstline.flow.surveys.models import Question, Survey, Wording
from firstline.work.tickets.fields import catalogue


@action("survey.save", permission="survey.edit")
def save_survey(survey: Survey, *, by: Any) -> Survey:
    """Add a survey, or change whom it asks and when."""
    survey.name = " ".join(survey.name.split())
    if not survey.name:
        raise Refused(_("A survey needs a name."))
    if survey.share > 100:
        raise Refused(_("More than 100 of 100 people cannot be asked."))
    if survey.condition.strip():
        try:
            parse(survey.condition, catalogue, Context(viewer=None, trusted=True))
        except ConditionError as error:
            raise Refused(str(error)) from None
    is_pulse = survey.occasion == Survey.Occasion.PULSE
    if not (is_pulse and survey.is_active):
        survey.next_round_at = None
    elif survey.next_round_at is None:
        survey.next_round_at = clock.now()
    survey.save()
    record(survey, SurveyChanged, by=by, what="survey", name=survey.name)
    return survey


@action("survey.save_question", permission="survey.edit")
def save_question(question: Question, *, by: Any) -> Question:
    """Add a question or change it. Its type stays once people have answered: their answers would mean nothing."""
    question.text = " ".join(question.text.split())
    if not question.text:
        raise Refused(_("What is the question?"))
    if question.type == Question.Type.CHOICE and len(question.options) < 2:
        raise Refused(_("A choice needs at least two options, one a line."))
    if question.pk and Question.objects.get(pk=question.pk).type != question.type:
        raise Refused(_("The type of a question stays. Retire this one and add another."))
    question.save()
    record(question, SurveyChanged, by=by, what="question", name=question.text[:80])
    return question


@action("survey.save_wording", permission="survey.edit")
def save_wording(wording: Wording, *, by: Any) -> Wording:
    """Say a mail in the organisation's own words; empty words give ours back."""
    wording.subject, wording.text = wording.subject.strip(), wording.text.strip()
    if unknown := unknown_places(f"{wording.subject} {wording.text}"):
        raise Refused(_("Nobody fills in these places: %(places)s.") % {"places": ", ".join(unknown)})
    wording.save()
    record(wording, SurveyChanged, by=by, what="wording", name=wording.get_key_display())
    return wording
