"""Answers to questions of a survey, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from firstline.flow.surveys.engine.shares import Share
from firstline.flow.surveys.models import Feedback, PulseAnswer, PulseRound, Question, Survey
from firstline.flow.surveys.models.pulses import PulseGroup
from firstline.work.tickets.queries import visible_to

from .figures import Period

FEWEST = 5  # answers of a group below which a pulse shows nothing: who said what must not be guessed


@dataclass(frozen=True, slots=True)
class Tally:
    """One question: how many answered, and what."""

    question: Question
    count: int
    average: float | None = None  # of ratings, 1 to 5
    share: Share | None = None  # of yes
    counts: list[tuple[str, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What one group said in one round of a pulse; nothing where too few have answered."""

    group: str
    label: str
    answered: Share
    tallies: list[Tally]
    is_hidden: bool


def tally(questions: Iterable[Question], answers: Iterable[Mapping[str, Any]], *, with_texts: bool) -> list[Tally]:
    """Count the answers to each question."""
    said = list(answers)
    return [_tally(question, [each[str(question.pk)] for each in said if str(question.pk) in each], with_texts)
            for question in questions]  # fmt: skip


def after_escalations(person: Any, period: Period, *, with_texts: bool) -> tuple[int, list[Tally]]:
    """How many answered after escalations, and what they said."""
    rows = Feedback.objects.filter(
        survey__occasion=Survey.Occasion.ESCALATION, answered_at__gt=period.begin, answered_at__lte=period.end,
        ticket__in=visible_to(person),
    )  # fmt: skip
    found = [row for row in rows.values_list("answers", flat=True) if row]
    questions = Question.objects.filter(survey__occasion=Survey.Occasion.ESCALATION)
    return len(found), [each for each in tally(questions, found, with_texts=with_texts) if each.count]


def rounds_seen_by(person: Any, *, sees_all: bool) -> list[PulseRound]:
    """Rounds of all pulses, or of those whose results are one's own to read; the newest first."""
    found = PulseRound.objects.select_related("survey__owner")
    return list(found if sees_all else found.filter(survey__owner=person.pk))


def results(pulse_round: PulseRound) -> list[GroupResult]:
    """What was said, group by group. Never both together: the difference would show the smaller group."""
    return [_result(pulse_round, PulseGroup(group)) for group in PulseGroup.values if _is_asked(pulse_round, group)]


def history(pulse_round: PulseRound, group: str) -> tuple[list[PulseRound], list[tuple[Question, list[float | None]]]]:
    """The averages of each rating over the rounds up to this one; a round with too few answers leaves a gap."""
    rounds = [
        each
        for each in PulseRound.objects.filter(survey=pulse_round.survey, begins_at__lte=pulse_round.begins_at).order_by(
            "begins_at", "id"
        )
        if each.is_over
    ][-12:]
    by_round = {each.pk: _result(each, PulseGroup(group)) for each in rounds}
    questions = Question.objects.filter(survey=pulse_round.survey, type=Question.Type.RATING)
    lines = []
    for question in questions:
        values: list[float | None] = []
        for each in rounds:
            found = next((one for one in by_round[each.pk].tallies if one.question.pk == question.pk), None)
            values.append(found.average if found is not None else None)
        if any(value is not None for value in values):
            lines.append((question, values))
    return rounds, lines


def _is_asked(pulse_round: PulseRound, group: str) -> bool:
    return pulse_round.invitations.filter(group=group).exists()


def _result(pulse_round: PulseRound, group: PulseGroup) -> GroupResult:
    invited = pulse_round.invitations.filter(group=group).count()
    answers = list(PulseAnswer.objects.filter(round=pulse_round, group=group).order_by("id"))
    is_hidden = len(answers) < FEWEST or not pulse_round.is_over
    tallies: list[Tally] = []
    if not is_hidden:
        questions = Question.objects.filter(survey=pulse_round.survey_id)
        tallies = tally(questions, [each.answers for each in answers], with_texts=True)
        # A question that only a few of them have answered says who they are, too.
        tallies = [each for each in tallies if each.count >= FEWEST]
    return GroupResult(group, str(group.label), Share(len(answers), invited), tallies, is_hidden)


def _tally(question: Question, values: list[Any], with_texts: bool) -> Tally:
    count = len(values)
    match question.type:
        case Question.Type.RATING:
            seen = Counter(int(value) for value in values)
            average = sum(values) / count if count else None
            return Tally(question, count, average=average, counts=[(str(each), seen[each]) for each in range(1, 6)])
        case Question.Type.YES_NO:
            return Tally(question, count, share=Share(sum(value is True for value in values), count))
        case Question.Type.CHOICE:
            chosen = Counter(values)
            return Tally(question, count, counts=[(_(each), chosen[each]) for each in question.options])
    return Tally(question, count, texts=sorted(map(str, values)) if with_texts else [])
