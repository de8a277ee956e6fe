"""The data of a run as a subject of the house's one condition language: what plugs into the engine's `Language`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

from firstline.core.conditions import ConditionError, Context, fields_in, parse, prepare
from firstline.core.fields import BOOLEAN, CHOICE, DAY, MOMENT, NUMBER, TEXT, Catalogue, Choice, Field
from firstline.core.fields.kinds import Kind
from firstline.flow.workflows.engine.definition import Datum, Predicate


class HouseLanguage:
    """Conditions about the data of a run, as people type them anywhere else: `cost:>1000 manager.outcome:approved`."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        """`zone`: where the days of the run begin."""
        self.zone = zone
        self._last: tuple[Sequence[Datum], Catalogue] | None = None

    def problem(self, text: str, fields: Sequence[Datum]) -> str | None:
        try:
            parse(text, self._catalogue(fields), Context(trusted=True, zone=self.zone))
        except ConditionError as error:
            return error.sentence
        return None if text.strip() else "There is no condition."

    def predicate(self, text: str, fields: Sequence[Datum]) -> Predicate:
        catalogue = self._catalogue(fields)
        context = Context(trusted=True, zone=self.zone)
        try:
            condition = parse(text, catalogue, context)
            asked = prepare(condition, catalogue, context)
        except ConditionError as error:
            raise ValueError(error.sentence) from error
        timely = {field.key for field in catalogue if field.kind in (DAY, MOMENT)}
        if not timely & set(fields_in(condition)):
            return lambda seen, _now: asked.matches(seen)
        return lambda seen, now: prepare(condition, catalogue, Context(trusted=True, zone=self.zone, now=now)).matches(
            seen
        )

    def _catalogue(self, fields: Sequence[Datum]) -> Catalogue:
        """One definition asks for the same fields again and again."""
        if self._last is None or self._last[0] is not fields:
            self._last = (fields, Catalogue("run", models.Model, [_field(datum) for datum in fields]))
        return self._last[1]


def _field(datum: Datum) -> Field:
    kind, read = _KINDS.get(datum.type, (TEXT, _as_it_is))
    return Field(
        key=datum.key,
        kind=kind,
        label=datum.label or datum.key,
        read=_reader(datum.key, read),
        column=datum.key,  # never asked of a database
        many=datum.type in {"list", "items", "plan"},
        choices=(lambda: [Choice(choice.key, choice.label or choice.key) for choice in datum.choices])
        if datum.type == "choice"
        else None,
        looks="ahead" if datum.type == "date" else "back",
    )


def _reader(key: str, read: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], Any]:
    def value(seen: Mapping[str, Any]) -> Any:
        found = seen.get(key)
        return None if found is None else read(found)

    return value


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: Any) -> Any:
    """Numbers that JSON keeps as texts count too: money does."""
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            return None
    return value


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


_KINDS: dict[str, tuple[Kind, Callable[[Any], Any]]] = {
    "text": (TEXT, _text),
    "number": (NUMBER, _number),
    "yes_no": (BOOLEAN, _as_it_is),
    "date": (DAY, _day),
    "moment": (MOMENT, _moment),
    "choice": (CHOICE, _as_it_is),
    "person": (TEXT, _text),
    "team": (TEXT, _text),
}
