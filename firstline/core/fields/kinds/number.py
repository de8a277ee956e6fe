"""Numbers: whole, decimal or floating, compared without surprises."""

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.kinds.base import AT_LEAST, AT_MOST, BETWEEN, IS, LESS, MORE, ORDER, Kind
from firstline.core.fields.questions import AnyRange, Question, Range

_LARGEST = Decimal(10) ** 15


class Number(Kind):
    name = "number"
    operators: ClassVar = (IS, *ORDER, BETWEEN)

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        numbers = tuple(_number(field, value) for value in values)
        if operator == IS:
            return AnyRange(tuple(Range(number, number, high_in=True) for number in numbers))
        if operator == BETWEEN:
            return Range(min(numbers), max(numbers), high_in=True)
        bound = numbers[0]
        return {
            LESS: Range(high=bound),
            AT_MOST: Range(high=bound, high_in=True),
            MORE: Range(low=bound, low_in=False),
            AT_LEAST: Range(low=bound),
        }[operator]

    def seen(self, raw: Any) -> Any:
        return raw if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool) else None


def _number(field: Field, value: str) -> Decimal:
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or abs(number) > _LARGEST or int(number.as_tuple().exponent) < -9:
        raise ConditionError(_("“%(value)s” is not a number.") % {"value": value})
    return number
