"""A condition as text people can type again (`to_text`), and as a sentence they can read (`describe`)."""

import re

from django.utils.translation import gettext as _

from firstline.core.conditions.tree import ALWAYS, AllOf, AnyOf, Condition, Not, Test, Words, simplify
from firstline.core.fields import DAY, MOMENT, Catalogue, Context, Field
from firstline.core.fields.kinds.base import (
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    CONTAINS,
    EMPTY,
    IS,
    LESS,
    MORE,
    ORDER,
    PRESENT,
    STARTS,
)  # fmt: skip
from firstline.core.fields.kinds.spans import duration

_SAFE = re.compile(r"[\w@.+/#-][\w@.+/#:-]*")
_SAFE_WORD = re.compile(r"\w+")


def to_text(condition: Condition, catalogue: Catalogue, context: Context) -> str:
    """Reading it again gives the same condition, simplified."""
    return _text(simplify(condition), catalogue, context)


def describe(condition: Condition, catalogue: Catalogue, context: Context) -> str:
    """In words, in the reader's language: “Priority is Critical and Created is more than 7d ago”."""
    match condition:
        case AllOf(()):
            return _("always")
        case AnyOf(()):
            return _("never")
        case AllOf(parts) | AnyOf(parts):
            said = [_bracketed(part, describe(part, catalogue, context)) for part in parts]
            return (_(" and ") if isinstance(condition, AllOf) else _(" or ")).join(said)
        case Not(part):
            return _("not %(condition)s") % {"condition": _bracketed(part, describe(part, catalogue, context))}
        case Words(text, prefix):
            return _("the words “%(words)s” occur") % {"words": text + ("…" if prefix else "")}
        case Test():
            return _sentence(condition, catalogue.find(condition.field, context))


def _text(condition: Condition, catalogue: Catalogue, context: Context) -> str:
    match condition:
        case AllOf(()):
            return "()"
        case AnyOf(()):
            return "-()"
        case AllOf(parts) | AnyOf(parts):
            joint = " " if isinstance(condition, AllOf) else " or "
            return joint.join(_bracketed(part, _text(part, catalogue, context)) for part in parts)
        case Not(part):
            return "-" + ("()" if part == ALWAYS else _bracketed(part, _text(part, catalogue, context)))
        case Words(text, prefix):
            is_safe = _SAFE_WORD.fullmatch(text) and text.lower() not in ("or", "and", "not")
            return (text if is_safe else _quote(text)) + ("*" if prefix else "")
        case Test():
            return _test(condition, catalogue.find(condition.field, context))


def _test(test: Test, field: Field | None) -> str:
    values = [_value(value) for value in test.values]
    is_text = field is None or field.kind.is_text
    if test.operator in (EMPTY, PRESENT):
        said = "none" if test.operator == EMPTY else "any"
    elif test.operator == BETWEEN:
        said = "..".join(values)
    elif test.operator == STARTS:
        said = ",".join(f"{value}*" for value in values)
    elif test.operator in ORDER:
        said = ",".join(f"{test.operator}{value}" for value in values)
    elif test.operator == IS and is_text:
        said = ",".join(f"={value}" for value in values)
    else:
        said = ",".join(values)
    return f"{test.field}:{said}"


def _value(value: str) -> str:
    is_safe = _SAFE.fullmatch(value) and ".." not in value and value.lower() not in ("none", "any")
    return value if is_safe and not value.endswith(".") and not value.startswith(".") else _quote(value)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bracketed(part: Condition, said: str) -> str:
    return f"({said})" if isinstance(part, AllOf | AnyOf) and part.parts else said


def _sentence(test: Test, field: Field | None) -> str:
    name = test.field if field is None else str(field.label)
    values = [_shown(value, field) for value in test.values]
    told = {"field": name, "values": _(" or ").join(values), "value": values[0] if values else ""}
    if test.operator in ORDER:
        return _order(test, field) % told
    if test.operator == BETWEEN:
        return _("%(field)s is between %(low)s and %(high)s") % {"field": name, "low": values[0], "high": values[1]}
    return {
        IS: _("%(field)s is %(values)s"),
        CONTAINS: _("%(field)s contains %(values)s"),
        STARTS: _("%(field)s starts with %(values)s"),
        EMPTY: _("%(field)s is empty"),
        PRESENT: _("%(field)s is set"),
    }[test.operator] % told


def _order(test: Test, field: Field | None) -> str:
    if field is not None and field.kind in (MOMENT, DAY):
        length = duration(test.values[0])
        is_more = test.operator in (MORE, AT_LEAST)
        if length and not length[0]:
            return {
                ("back", True): _("%(field)s is more than %(value)s ago"),
                ("back", False): _("%(field)s is less than %(value)s ago"),
                ("ahead", True): _("%(field)s is more than %(value)s ahead"),
                ("ahead", False): _("%(field)s is less than %(value)s ahead"),
            }[field.looks, is_more]
        return {
            LESS: _("%(field)s is before %(value)s"),
            AT_MOST: _("%(field)s is not after %(value)s"),
            MORE: _("%(field)s is after %(value)s"),
            AT_LEAST: _("%(field)s is not before %(value)s"),
        }[test.operator]
    return {
        LESS: _("%(field)s is below %(value)s"),
        AT_MOST: _("%(field)s is at most %(value)s"),
        MORE: _("%(field)s is above %(value)s"),
        AT_LEAST: _("%(field)s is at least %(value)s"),
    }[test.operator]


def _shown(value: str, field: Field | None) -> str:
    if field is not None and field.choices is not None:
        return next((str(choice.label) for choice in field.choices() if choice.key == value), value)
    return value
