"""Other things: persons, teams, categories, tags. Too many to list, so they are looked up by what somebody typed."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.kinds.base import IS, Kind
from firstline.core.fields.questions import OneOf, Question

ME = ("me", "mine")
_LONGEST_ID = 18  # digits of a 64-bit number


class Reference(Kind):
    operators: ClassVar = (IS,)

    def __init__(self, name: str) -> None:
        self.name = name

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        meant = (one for value in values for one in self._meant(field, value, context))
        return OneOf(tuple(dict.fromkeys(meant)))

    def canonical(self, field: Field, operator: str, value: str, context: Context) -> str:
        if not self._is_me(field, value) and not any(True for _id in self._meant(field, value, context)):
            nobody, nothing = _("There is nobody called “%(value)s”."), _("There is no “%(value)s”.")
            unknown = nobody if self.name == "person" else nothing
            raise ConditionError(unknown % {"value": value})
        return value

    def seen(self, raw: Any) -> Any:
        return None if raw == "" else raw

    def _is_me(self, field: Field, value: str) -> bool:
        return value.lower() in ME and (self.name == "person" or field.mine is not None)

    def _meant(self, field: Field, value: str, context: Context) -> list[Any]:
        """Ids or values; none for something unknown, so that an old condition finds nothing instead of breaking."""
        if self._is_me(field, value):
            if field.mine is not None:
                return list(field.mine(context))
            return [] if context.viewer is None else [context.viewer.pk]
        if field.parse_id is int and value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID:
            return [int(value)]
        if field.resolve is not None:
            return list(field.resolve(value, context))
        if field.parse_id is int:
            return []
        try:
            return [field.parse_id(value)]
        except (ValueError, TypeError):
            return []
