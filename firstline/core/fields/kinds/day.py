"""Calendar days without a time of day."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.kinds.base import AT_LEAST, AT_MOST, BETWEEN, IS, LESS, MORE, ORDER, Kind
from firstline.core.fields.kinds.spans import Span, duration, span
from firstline.core.fields.questions import AnyRange, Question, Range

_FLIPPED = {LESS: MORE, AT_MOST: AT_LEAST, MORE: LESS, AT_LEAST: AT_MOST}


class Day(Kind):
    name = "day"
    operators: ClassVar = (IS, *ORDER, BETWEEN)

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        if operator == IS:
            return AnyRange(tuple(_is(field, value, context) for value in values))
        if operator == BETWEEN:
            ends = sorted(_span(field, value, context) for value in values)
            return Range(ends[0][0], ends[1][1])
        (value,) = values
        if field.looks == "back" and (length := duration(value)) and not length[0]:
            operator = _FLIPPED[operator]
        start, end = _span(field, value, context)
        return {
            LESS: Range(high=start),
            AT_MOST: Range(high=end),
            MORE: Range(low=end),
            AT_LEAST: Range(low=start),
        }[operator]

    def seen(self, raw: Any) -> date | None:
        if isinstance(raw, str):  # as JSON keeps it
            try:
                return date.fromisoformat(raw) if len(raw) == 10 else None
            except ValueError:
                return None
        return raw if isinstance(raw, date) and not isinstance(raw, datetime) else None


def _is(field: Field, value: str, context: Context) -> Range:
    if value.lower() == "overdue":
        return Range(high=context.today)
    if (length := duration(value)) and not length[0]:
        first, last = sorted([_span(field, value, context), (context.today, context.today + timedelta(days=1))])
        return Range(first[0], last[1])
    return Range(*_span(field, value, context))


def _span(field: Field, value: str, context: Context) -> Span:
    value = value.strip()
    if length := duration(value):
        if length[1] % timedelta(days=1):
            raise ConditionError(_("“%(field)s” counts whole days, such as 7d.") % {"field": field.key})
        sign = length[0] or ("-" if field.looks == "back" else "+")
        day = context.today - length[1] if sign == "-" else context.today + length[1]
        return day, day + timedelta(days=1)
    days = span(value, context.today)
    if days is None:
        raise ConditionError(_("“%(value)s” is not a day. Write 2026-01-31, today or 7d.") % {"value": value})
    return days
