"""Names for the ids in facts, looked up for a whole timeline at once when somebody reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Lookup = Callable[[Iterable[int]], Mapping[int, str]]
_lookups: dict[str, Lookup] = {}


def register(noun: str, lookup: Lookup) -> None:
    """A room says how its noun is called: ids to names, in one query."""
    _lookups[noun] = lookup


def names_for(events: Iterable[Any]) -> dict[tuple[str, int], str]:
    """All names that the facts of these events need: one query per noun."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        kind = event.kind_class
        for fact, noun in (kind.refers_to if kind else {}).items():
            value = event.facts.get(fact)
            wanted[noun].update(value if isinstance(value, list) else [value] if value is not None else [])
    found: dict[tuple[str, int], str] = {}
    for noun, ids in wanted.items():
        if ids and noun in _lookups:
            found.update({(noun, key): name for key, name in _lookups[noun](ids).items()})
    return found


def attach(events: Iterable[Any]) -> None:
    """Give each event the names it needs, so that describing it asks nothing more."""
    listed = list(events)
    names = names_for(listed)
    for event in listed:
        event.names = names
