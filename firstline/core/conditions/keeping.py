"""Conditions as JSON, for columns, forms and the API.

{"all": [{"field": "priority", "operator": "is", "values": ["critical"]},
         {"not": {"words": "vpn"}}, {"any": []}]}
"""

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.conditions.tree import DEEPEST, MOST_PARTS, AllOf, AnyOf, Condition, Not, Test, Words, must_be_text
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.kinds.base import OPERATORS


def to_json(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf(parts):
            return {"all": [to_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Words(text, prefix):
            return {"words": text, "prefix": True} if prefix else {"words": text}
        case Test(field, operator, values):
            return {"field": field, "operator": operator, "values": list(values)}


def from_json(kept: Any) -> Condition:
    """Raises ConditionError, naming the place, for anything `to_json` would not write."""
    return _Loader().load(kept, "", 0)


class _Loader:
    def __init__(self) -> None:
        self._count = 0

    def load(self, kept: Any, where: str, depth: int) -> Condition:
        self._count += 1
        if depth > DEEPEST or self._count > MOST_PARTS:
            raise ConditionError(_("The condition is too large."))
        if isinstance(kept, dict):
            keys = set(kept)
            if keys in ({"all"}, {"any"}):
                ((key, parts),) = kept.items()
                if isinstance(parts, list):
                    loaded = (self.load(part, f"{where}{key}[{place}].", depth + 1) for place, part in enumerate(parts))
                    return (AllOf if key == "all" else AnyOf)(tuple(loaded))
            if keys == {"not"}:
                return Not(self.load(kept["not"], f"{where}not.", depth + 1))
            if keys <= {"words", "prefix"} and isinstance(kept.get("words"), str) and kept.get("prefix", True) is True:
                return Words(kept["words"], prefix="prefix" in keys)
            if {"field", "operator"} <= keys <= {"field", "operator", "values"}:
                return _test(kept, where)
        raise _misshapen(where)


def _test(kept: dict[str, Any], where: str) -> Test:
    field, operator, values = kept["field"], kept["operator"], kept.get("values", [])
    is_text = isinstance(field, str) and isinstance(operator, str) and isinstance(values, list)
    if not is_text or operator not in OPERATORS or not all(isinstance(value, str) for value in values):
        raise _misshapen(where)
    must_be_text(field)
    return Test(field, operator, tuple(values))


def _misshapen(where: str) -> ConditionError:
    return ConditionError(
        _("The condition is not understood at “%(place)s”.") % {"place": where.rstrip(".") or _("the beginning")}
    )
