"""Free text, compared folded: case and accents never matter."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.kinds.base import CONTAINS, IS, STARTS, Kind
from firstline.core.fields.questions import Contains, OneOf, Question, StartsWith
from firstline.core.text import fold


class Text(Kind):
    name = "text"
    is_text = True
    operators: ClassVar = (IS, CONTAINS, STARTS)
    default: ClassVar = CONTAINS

    def takes_many(self, operator: str) -> bool:
        return True

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        needles = tuple(fold(value, collapse=True) for value in values)
        if not all(needles):
            raise ConditionError(_("There is nothing to look for in “%(field)s”.") % {"field": field.key})
        if operator == IS:
            return OneOf(needles)
        return Contains(needles) if operator == CONTAINS else StartsWith(needles)

    def seen(self, raw: Any) -> str | None:
        return (fold(raw, collapse=True) or None) if isinstance(raw, str) else None
