"""What every kind of field can do."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.questions import Missing, Present, Question

IS, CONTAINS, STARTS, BETWEEN, EMPTY, PRESENT = "is", "contains", "starts", "between", "empty", "present"
LESS, AT_MOST, MORE, AT_LEAST = "<", "<=", ">", ">="
ORDER = (LESS, AT_MOST, MORE, AT_LEAST)
OPERATORS = (IS, CONTAINS, STARTS, *ORDER, BETWEEN, EMPTY, PRESENT)


class Kind:
    """Stateless; one instance per kind of field."""

    name: str
    is_text: ClassVar[bool] = False
    operators: ClassVar[tuple[str, ...]] = (IS,)
    #: What `field:value` means when nothing else is said.
    default: ClassVar[str] = IS

    def ask(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        """The test with everything looked up. Raises ConditionError."""
        if operator in (EMPTY, PRESENT):
            if values:
                raise ConditionError(_("“%(field)s” needs no value here.") % {"field": field.key})
            return Missing() if operator == EMPTY else Present()
        if operator not in self.operators_of(field):
            raise ConditionError(
                _("“%(field)s” cannot be compared with “%(operator)s”.") % {"field": field.key, "operator": operator}
            )
        wanted = 2 if operator == BETWEEN else 1
        if not values or (operator != IS and not self.takes_many(operator) and len(values) != wanted):
            raise ConditionError(_("“%(field)s” needs a value.") % {"field": field.key})
        return self.question(field, operator, values, context)

    def operators_of(self, field: Field) -> tuple[str, ...]:
        return self.operators

    def takes_many(self, operator: str) -> bool:
        return False

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        raise NotImplementedError

    def canonical(self, field: Field, operator: str, value: str, context: Context) -> str:
        """The value as conditions keep it; raises ConditionError when it means nothing today."""
        self.ask(field, operator, (value,) * (2 if operator == BETWEEN else 1), context)
        return value

    def seen(self, raw: Any) -> Any:
        """The value in the form questions compare; None when missing."""
        return raw
