"""A test with everything looked up: the point where the database filter and the Python predicate share one meaning.

Values are two-valued here: a missing value answers no to every question but `Missing`. So every filter carries its own
`IS NOT NULL`, and SQL's third truth value never leaves a leaf; `NOT` above it is then plain negation.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q

from firstline.core.fields.columns import Column

EVERYTHING = ~Q(pk__in=[])
NOTHING = Q(pk__in=[])


class Question(Protocol):
    """`value` is never None in `holds`: missing values do not get this far."""

    def q(self, column: Column) -> Q: ...

    def holds(self, value: Any) -> bool: ...


@dataclass(frozen=True)
class Missing:
    """The only question a missing value answers with yes; the others are never asked of one."""

    def q(self, column: Column) -> Q:
        return column.missing()

    def holds(self, value: Any) -> bool:
        return False


@dataclass(frozen=True)
class Present:
    def q(self, column: Column) -> Q:
        return ~column.missing()

    def holds(self, value: Any) -> bool:
        return True


@dataclass(frozen=True)
class OneOf:
    values: tuple[Any, ...]

    def q(self, column: Column) -> Q:
        return column.compare(("in", list(self.values))) if self.values else NOTHING

    def holds(self, value: Any) -> bool:
        return value in self.values


@dataclass(frozen=True)
class Contains:
    """Any of the (folded) needles somewhere in the (folded) text."""

    needles: tuple[str, ...]

    def q(self, column: Column) -> Q:
        return _any(column.compare(("contains", needle)) for needle in self.needles)

    def holds(self, value: str) -> bool:
        return any(needle in value for needle in self.needles)


@dataclass(frozen=True)
class StartsWith:
    needles: tuple[str, ...]

    def q(self, column: Column) -> Q:
        return _any(column.compare(("startswith", needle)) for needle in self.needles)

    def holds(self, value: str) -> bool:
        return value.startswith(self.needles)


@dataclass(frozen=True)
class Range:
    """Between two bounds, `None` for open; `low_in`/`high_in` say whether the bound itself counts."""

    low: Any = None
    high: Any = None
    low_in: bool = True
    high_in: bool = False

    def q(self, column: Column) -> Q:
        bounds: list[tuple[str, Any]] = []
        if self.low is not None:
            bounds.append(("gte" if self.low_in else "gt", self.low))
        if self.high is not None:
            bounds.append(("lte" if self.high_in else "lt", self.high))
        return column.compare(*bounds)

    def holds(self, value: Any) -> bool:
        low, high = self.low, self.high
        if isinstance(value, float):  # a float column is compared with floats: 0.1 is as near as it gets
            low, high = (None if bound is None else float(bound) for bound in (low, high))
        above = low is None or (value >= low if self.low_in else value > low)
        below = high is None or (value <= high if self.high_in else value < high)
        return above and below


@dataclass(frozen=True)
class AnyRange:
    ranges: tuple[Range, ...]

    def q(self, column: Column) -> Q:
        return _any(part.q(column) for part in self.ranges)

    def holds(self, value: Any) -> bool:
        return any(part.holds(value) for part in self.ranges)


def _any(filters: Any) -> Q:
    """An empty Q inside OR vanishes instead of being true; nothing here may be empty."""
    found = Q()
    for part in filters:
        found |= part
    return found or NOTHING
