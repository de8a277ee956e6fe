"""From what was typed to answers: only of questions that are shown, each of its type and within its bounds.

A hidden question never demands and never keeps an answer: conditions look at the answers before them, so one walk from
the first question to the last decides everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .questions import Question
from .reading import Unfit, read
from .rules import Rule, holds

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Rules:
    """The conditions of one question, with everything looked up."""

    show: Rule | None = None
    require: Rule | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer. `path`: `people.0.name` in a row of a table. The sentence is made by the room."""

    path: str
    question: Question
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Cleaned:
    answers: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # paths of everything that is shown, marks too
    demanded: set[str] = field(default_factory=set)  # paths that must be answered


def clean(questions: Sequence[Question], rules: Mapping[str, Rules], raw: Mapping[str, Any], *, today: date) -> Cleaned:
    """All answers of the form. `raw`: texts as a browser sends them, or values as the API does; rows as a list."""
    found = Cleaned()
    for question, is_shown in _walk(questions, rules, lambda: found.answers):
        if not is_shown:
            continue
        found.shown.append(question.key)
        if question.type == "table":
            _rows(question, rules, raw.get(question.key), found, today)
        elif question.is_asked:
            _one(question, rules, raw.get(question.key), found, found.answers, found.answers, question.key, today)
    return found


def unknown(questions: Iterable[Question], raw: Mapping[str, Any]) -> list[str]:
    """What was sent for questions that the form does not ask."""
    known = {each.key: each for each in questions if each.is_asked}
    strange = [key for key in raw if key not in known]
    for key, question in known.items():
        inner = {each.key for each in question.questions}
        rows = raw.get(key) if question.type == "table" else None
        for place, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, Mapping):
                strange += [f"{key}.{place}.{name}" for name in row if name not in inner]
    return strange


def _walk(
    questions: Sequence[Question], rules: Mapping[str, Rules], answers: Callable[[], Mapping[str, Any]]
) -> Iterator[tuple[Question, bool]]:
    """Every question with whether it is shown: what follows a hidden page or section is hidden with it."""
    page = section = True
    for question in questions:
        is_held = holds(rules.get(question.key, Rules()).show, answers())
        if question.type == "page":
            page, section = is_held, True
            yield question, is_held
        elif question.type == "section":
            section = is_held
            yield question, page and is_held
        else:
            yield question, page and section and is_held


def _rows(question: Question, rules: Mapping[str, Rules], raw: Any, found: Cleaned, today: date) -> None:
    typed = raw if isinstance(raw, list) else []
    # Rows keep their places as they were typed, so that what is wrong is told beside them.
    rows = [
        (place, row) for place, row in enumerate(typed)
        if isinstance(row, Mapping) and any(_is_said(value) for value in row.values())
    ]  # fmt: skip
    most = min(question.most_rows or MOST_ROWS, MOST_ROWS)
    least = question.least_rows or (1 if _is_demanded(question, rules, found.answers) else 0)
    kept: list[dict[str, Any]] = []
    for place, row in rows[: most + 1]:
        answers: dict[str, Any] = {}
        for inner in question.questions:
            scope = {**found.answers, **answers}
            if holds(rules.get(inner.key, Rules()).show, scope):
                path = f"{question.key}.{place}.{inner.key}"
                found.shown.append(path)
                _one(inner, rules, row.get(inner.key), found, answers, scope, path, today)
        kept.append(answers)
    if least:
        found.demanded.add(question.key)
    if len(rows) > most:
        found.problems.append(Problem(question.key, question, "too_many_rows", {"most": most}))
    elif len(rows) < least:
        code = "missing" if not rows else "too_few_rows"
        found.problems.append(Problem(question.key, question, code, {"least": least}))
    if kept:
        found.answers[question.key] = [row for row in kept[:most] if row]


def _one(
    question: Question, rules: Mapping[str, Rules], raw: Any, found: Cleaned, into: dict[str, Any],
    scope: Mapping[str, Any], path: str, today: date,
) -> None:  # fmt: skip
    is_demanded = _is_demanded(question, rules, scope)
    if is_demanded:
        found.demanded.add(path)
    try:
        value = read(question, raw)
        if value is not None:
            _must_fit_today(question, value, today)
    except Unfit as unfit:
        found.problems.append(Problem(path, question, unfit.code, unfit.facts))
        return
    if value is not None:
        into[question.key] = value
    elif is_demanded:
        found.problems.append(Problem(path, question, "missing"))


def _is_demanded(question: Question, rules: Mapping[str, Rules], answers: Mapping[str, Any]) -> bool:
    require = rules.get(question.key, Rules()).require
    return question.is_required or (require is not None and holds(require, answers))


def _must_fit_today(question: Question, value: Any, today: date) -> None:
    """The bounds of a date are days from today: 0 is today, 7 a week ahead, -1 yesterday."""
    if question.type != "date":
        return
    day = date.fromisoformat(value)
    for bound, code in ((question.least, "too_early"), (question.most, "too_late")):
        if bound is not None:
            limit = today + timedelta(days=int(bound))
            if (day < limit) if code == "too_early" else (day > limit):
                raise Unfit(code, limit=limit.isoformat())


def _is_said(value: Any) -> bool:
    return value not in (None, "", [], {})
