"""One (or several) of a list that can be shown whole: priority, status, a custom list."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Choice, Field
from firstline.core.fields.kinds.base import AT_LEAST, AT_MOST, BETWEEN, IS, LESS, MORE, ORDER, Kind
from firstline.core.fields.nearest import nearest
from firstline.core.fields.questions import OneOf, Question
from firstline.core.text import fold


class ChoiceKind(Kind):
    name = "choice"
    operators: ClassVar = (IS,)

    def operators_of(self, field: Field) -> tuple[str, ...]:
        return (IS, *ORDER, BETWEEN) if field.is_ordered else (IS,)

    def question(self, field: Field, operator: str, values: tuple[str, ...], context: Context) -> Question:
        choices = list(field.choices() if field.choices else ())
        if operator == IS:
            wanted = [stored for value in values for stored in _stored(field, choices, value)]
        else:
            # A choice that is gone has no place in the order: the test then holds for nothing.
            places = [_place(choices, value) for value in values]
            inside = range(0) if None in places else _between(operator, [p for p in places if p is not None], choices)
            wanted = [choices[place].stored for place in inside]
        return OneOf(tuple(dict.fromkeys(wanted)))

    def canonical(self, field: Field, operator: str, value: str, context: Context) -> str:
        choices = list(field.choices() if field.choices else ())
        base = value.rstrip("/") if field.is_tree else value
        place = _place(choices, base)
        if place is None:
            suggestion = nearest(base, [choice.key for choice in choices])
            sentence = _("“%(field)s” is never “%(value)s”.") % {"field": field.key, "value": value}
            if suggestion:
                sentence += " " + _("Did you mean %(suggestion)s?") % {"suggestion": suggestion}
            raise ConditionError(sentence, suggestion=suggestion)
        return choices[place].key + ("/" if base != value else "")

    def seen(self, raw: Any) -> Any:
        return None if raw == "" else raw


def _stored(field: Field, choices: list[Choice], value: str) -> list[Any]:
    if field.is_tree and value.endswith("/"):
        base = value.rstrip("/")
        return [choice.stored for choice in choices if choice.key == base or choice.key.startswith(base + "/")]
    place = _place(choices, value)
    return [] if place is None else [choices[place].stored]


def _place(choices: list[Choice], value: str) -> int | None:
    """By key first, then by the label in the reader's language."""
    for place, choice in enumerate(choices):
        if choice.key == value:
            return place
    folded = fold(value, collapse=True)
    for place, choice in enumerate(choices):
        if folded in (fold(choice.key), fold(str(choice.label), collapse=True)):
            return place
    return None


def _between(operator: str, places: list[int], choices: list[Choice]) -> range:
    low, high = min(places), max(places)
    return {
        LESS: range(low),
        AT_MOST: range(low + 1),
        MORE: range(low + 1, len(choices)),
        AT_LEAST: range(low, len(choices)),
        BETWEEN: range(low, high + 1),
    }[operator]
