"""Yes or no."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.kinds.base import IS, Kind
from firstline.core.fields.questions import OneOf, Question

_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Boolean(Kind):
    name = "boolean"
    operators: ClassVar = (IS,)

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        return OneOf(tuple(dict.fromkeys(_truth(field, value) for value in values)))

    def canonical(self, field: Field, operator: str, value: str, context: Context) -> str:
        return "yes" if _truth(field, value) else "no"

    def seen(self, raw: Any) -> bool | None:
        return raw if isinstance(raw, bool) else None


def _truth(field: Field, value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in (str(_("yes")).lower(), str(_("no")).lower()):
        return lowered == str(_("yes")).lower()
    if lowered not in _WORDS:
        raise ConditionError(_("“%(field)s” is yes or no, not “%(value)s”.") % {"field": field.key, "value": value})
    return _WORDS[lowered]
