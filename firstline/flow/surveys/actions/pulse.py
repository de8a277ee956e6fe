"""The pulse: every few months, what people think of the desk itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.surveys import rules
from firstline.flow.surveys.events import PulseBegan
from firstline.flow.surveys.models import PulseAnswer, PulseInvitation, PulseRound, Question, Survey
from firstline.flow.surveys.models.pulses import PulseGroup
from firstline.people.access.models import Role
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Ticket

from .answer import clean_answers

ASKED_LATELY = timedelta(days=92)  # requesters are those who asked the desk within about a quarter


@action("pulse.begin", permission="survey.edit")
def begin_pulse(survey: Survey, *, by: Any) -> PulseRound:
    """Ask everybody who is drawn for the sample, now, and plan the next time."""
    survey.refresh_from_db(from_queryset=Survey.objects.select_for_update(of=("self",)))
    if survey.occasion != Survey.Occasion.PULSE:
        raise Refused(_("Only a pulse is asked from time to time."))
    if not Question.objects.filter(survey=survey, is_active=True).exists():
        raise Refused(_("There is nothing to ask yet. Add a question first."))
    now = clock.now()
    if PulseRound.objects.filter(survey=survey, ends_at__gt=now).exists():
        raise Refused(_("It is being asked already. Wait until its days are over."))
    pulse_round = PulseRound(survey=survey, begins_at=now, ends_at=now + timedelta(days=max(1, survey.valid_days)))
    pulse_round.save(force_insert=True)
    invited = [
        PulseInvitation(round=pulse_round, person_id=person, group=group)
        for person, group in _asked(survey)
        if rules.is_drawn(survey, f"{pulse_round.pk}:{person}")
    ]
    PulseInvitation.objects.bulk_create(invited, batch_size=500)
    survey.next_round_at = _months_later(now, survey.every_months)
    survey.save(update_fields=["next_round_at"])
    record(pulse_round, PulseBegan, by=by, survey=survey.pk, invited=len(invited))
    return pulse_round


@action("pulse.answer", permission="survey.edit")
def answer_pulse(invitation: PulseInvitation, answers: Mapping[str, Any], *, by: Any) -> None:
    """Keep what somebody said without who said it. No event is recorded: it would tell when, and so who."""
    invitation.refresh_from_db(from_queryset=PulseInvitation.objects.select_for_update(of=("self",)))
    if invitation.has_answered or invitation.round.is_over:
        raise Refused(_("This question is not open any more."))
    questions = Question.objects.filter(survey=invitation.round.survey_id, is_active=True)
    said = clean_answers(questions, answers)
    if not said:
        raise Refused(_("Nothing is answered yet. Choose at least one answer."))
    invitation.has_answered = True
    invitation.save(update_fields=["has_answered"])
    PulseAnswer(round=invitation.round, group=invitation.group, answers=said).save(force_insert=True)


def _asked(survey: Survey) -> list[tuple[int, str]]:
    """Ids and group; who works on the desk is asked as one of the desk only."""
    desk = _people(grants__role__in=[Role.AGENT, Role.LEAD, Role.ADMIN])
    found: list[tuple[int, str]] = []
    if survey.group in {Survey.Group.AGENTS, Survey.Group.BOTH}:
        found += [(pk, PulseGroup.AGENTS) for pk in desk]
    if survey.group in {Survey.Group.REQUESTERS, Survey.Group.BOTH}:
        lately = Ticket.objects.filter(created_at__gt=clock.now() - ASKED_LATELY).values("requester_id")
        found += [(pk, PulseGroup.REQUESTERS) for pk in _people(pk__in=lately) if pk not in set(desk)]
    return found


def _people(**conditions: Any) -> QuerySet[Person, int]:
    people = Person.objects.filter(is_active=True, email__isnull=False, **conditions)
    return people.order_by("pk").values_list("pk", flat=True).distinct()


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one where that month is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + max(1, months), 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)
