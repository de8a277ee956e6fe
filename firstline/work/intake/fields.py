"""The words others may use of answers: a catalogue made of a form's questions, typed by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from firstline.core.conditions import AllOf, AnyOf, Condition, Not, Test, Words, from_json
from firstline.core.fields import BOOLEAN, CHOICE, DAY, NUMBER, TEXT, Catalogue, Choice, ConditionError, Context, Field
from firstline.core.fields.columns import JsonList, JsonValue
from firstline.core.fields.questions import (
    AnyRange,
    Contains,
    Missing,
    OneOf,
    Present,
    Range,
    StartsWith,
)
from firstline.core.fields.questions import Question as Asked

from .engine.answers import Rules
from .engine.questions import LISTED, TEXTS, Question, walk
from .models import Submission

_KINDS = {
    "number": "number",
    "money": "number",
    "date": "date",
    "yesno": "boolean",
    "choices": "choices",
    "time": "text",
}
_FIELD_KINDS = {"text": TEXT, "number": NUMBER, "date": DAY, "boolean": BOOLEAN, "choice": CHOICE, "choices": CHOICE}


def kind_of(question: Question) -> str:
    """text, number, date, boolean, choice or choices, as core/fields names kinds; empty: nothing can be asked of it."""
    if question.type in TEXTS:
        return "text"
    return "choice" if question.type in LISTED else _KINDS.get(question.type, "")


def field_of(question: Question, *, key: str = "", column: str = "answers", read: Any = None) -> Field | None:
    """One answer as a field of a noun that keeps answers in a JSON column with its folded twin."""
    kind = kind_of(question)
    if not kind:
        return None
    if kind == "choices":
        where: Any = JsonList(column, question.key)
    elif kind == "text":
        where = JsonValue(f"{column}_folded", question.key, "text")
    else:
        where = JsonValue(column, question.key, {"date": "text", "choice": "text"}.get(kind, kind))
    language = get_language() or "en"
    choices = tuple(Choice(option.key, option.label.get(language) or option.key) for option in question.options)
    return Field(
        key=key or question.key,
        kind=_FIELD_KINDS[kind],
        label=question.said(language),
        read=read or _reader(question.key, kind),
        column=where,
        many=kind == "choices",
        choices=(lambda: choices) if kind in ("choice", "choices") else None,
        looks="ahead",
    )


def answers_catalogue(questions: Iterable[Question]) -> Catalogue:
    """The condition language over the answers of one form; the thing that is asked is the answers themselves."""
    fields = [field for each in walk(questions) if (field := field_of(each)) is not None]
    return Catalogue("answer", Submission, fields)


def rules_of(questions: Sequence[Question], *, context: Context) -> dict[str, Rules]:
    """The conditions of a form with everything looked up, as the engine and the browser read them.

    A condition that means nothing any more (a choice is gone) shows its question and demands nothing.
    """
    if all(each.show_when is None and each.require_when is None for each in walk(questions)):
        return {}
    catalogue = answers_catalogue(questions)
    return {
        each.key: Rules(_rule(each.show_when, catalogue, context), _rule(each.require_when, catalogue, context))
        for each in walk(questions)
        if each.show_when is not None or each.require_when is not None
    }


def _rule(kept: Any, catalogue: Catalogue, context: Context) -> dict[str, Any] | None:
    if kept is None:
        return None
    try:
        return as_rule(from_json(kept), catalogue, context)
    except ConditionError:
        return None


def as_rule(condition: Condition, catalogue: Catalogue, context: Context) -> dict[str, Any]:
    """The condition as plain JSON without names to look up. Raises ConditionError."""
    match condition:
        case AllOf(parts):
            return {"all": [as_rule(part, catalogue, context) for part in parts]}
        case AnyOf(parts):
            return {"any": [as_rule(part, catalogue, context) for part in parts]}
        case Not(part):
            return {"not": as_rule(part, catalogue, context)}
        case Test(name, operator, values):
            field = catalogue.field(name, context)
            kind = {TEXT: "text", NUMBER: "number", DAY: "day", BOOLEAN: "boolean", CHOICE: "choice"}[field.kind]
            return {"answer": field.key, "kind": kind, **_asked(field.kind.ask(field, operator, values, context))}
        case Words():
            raise ConditionError("Words cannot be looked for in answers.")


def _asked(question: Asked) -> dict[str, Any]:
    match question:
        case Missing():
            return {"missing": True}
        case Present():
            return {"present": True}
        case OneOf(values):
            return {"one_of": [_plain(value) for value in values]}
        case Contains(needles):
            return {"contains": list(needles)}
        case StartsWith(needles):
            return {"starts": list(needles)}
        case Range():
            return {"between": [_bounds(question)]}
        case AnyRange(ranges):
            return {"between": [_bounds(each) for each in ranges]}
    raise ConditionError("Such a question cannot be asked of answers.")


def _bounds(asked: Range) -> list[Any]:
    return [_plain(asked.low), asked.low_in, _plain(asked.high), asked.high_in]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


_TYPES: dict[str, tuple[type[Any], ...]] = {
    "text": (str,), "date": (str,), "choice": (str,), "choices": (list,), "boolean": (bool,), "number": (int, float)
}  # fmt: skip


def _reader(key: str, kind: str) -> Callable[[Any], Any]:
    def read(answers: Mapping[str, Any]) -> Any:
        value = answers.get(key)
        if not isinstance(value, _TYPES[kind]) or (kind == "number" and isinstance(value, bool)):
            return None
        return float(value) if kind == "number" else value

    return read
