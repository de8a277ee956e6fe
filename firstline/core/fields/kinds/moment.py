"""Instants. Days are those of the zone of whoever asks; `7d` is an age, or the time left of what lies ahead."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.kinds.base import AT_LEAST, AT_MOST, BETWEEN, IS, LESS, MORE, ORDER, Kind
from firstline.core.fields.kinds.spans import duration, span
from firstline.core.fields.questions import AnyRange, Question, Range

_TICK = timedelta(microseconds=1)  # both databases keep microseconds
_FLIPPED = {LESS: MORE, AT_MOST: AT_LEAST, MORE: LESS, AT_LEAST: AT_MOST}
Stretch = tuple[datetime, datetime]  # from, up to but not including


class Moment(Kind):
    name = "moment"
    operators: ClassVar = (IS, *ORDER, BETWEEN)

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        if operator == IS:
            return AnyRange(tuple(_is(field, value, context) for value in values))
        if operator == BETWEEN:
            ends = sorted(_stretch(field, value, context) for value in values)
            return Range(ends[0][0], ends[1][1])
        (value,) = values
        if field.looks == "back" and (length := duration(value)) and not length[0]:
            operator = _FLIPPED[operator]  # older than 7 days: before the moment 7 days ago
        start, end = _stretch(field, value, context)
        return {
            LESS: Range(high=start),
            AT_MOST: Range(high=end),
            MORE: Range(low=end),
            AT_LEAST: Range(low=start),
        }[operator]

    def seen(self, raw: Any) -> datetime | None:
        return raw if isinstance(raw, datetime) else None


def _is(field: Field, value: str, context: Context) -> Range:
    if value.lower() == "overdue":
        return Range(high=context.now)
    if (length := duration(value)) and not length[0]:
        now = (context.now, context.now + _TICK)
        first, last = sorted([_stretch(field, value, context), now])
        return Range(first[0], last[1])
    return Range(*_stretch(field, value, context))


def _stretch(field: Field, value: str, context: Context) -> Stretch:
    value = value.strip()
    if value.lower() == "now":
        return context.now, context.now + _TICK
    if length := duration(value):
        sign = length[0] or ("-" if field.looks == "back" else "+")
        moment = context.now - length[1] if sign == "-" else context.now + length[1]
        return moment, moment + _TICK
    if days := span(value, context.today):
        return context.start_of(days[0]), context.start_of(days[1])
    moment_or_none = _instant(value, context)
    if moment_or_none is None:
        raise ConditionError(
            _("“%(value)s” is not a time. Write 2026-01-31, today, last-week, 7d or 2h.") % {"value": value}
        )
    return moment_or_none, moment_or_none + _TICK


def _instant(value: str, context: Context) -> datetime | None:
    if "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=context.zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1800 <= moment.year <= 2500 else None
