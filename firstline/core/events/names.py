"""Names for the ids in facts, looked up for a whole timeline at once when somebody reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Lookup = Callable[[Iterable[int]], Mapping[int, str]]
Names = Mapping[tuple[str, int], str]  # noun and id → how it is called
_lookups: dict[str, Lookup] = {}


def register(noun: str, lookup: Lookup) -> None:
    """A room says how its noun is called: ids to names, in one query."""
    _lookups[noun] = lookup


def names_for(
    events: Iterable[Any], *, called: Mapping[str, str] | None = None, known: Names | None = None
) -> dict[tuple[str, int], str]:  # fmt: skip
    """All names that the facts of these events need: one query per noun.

    `called` takes the names of a noun from another lookup, for readers who know things by other names. `known` are
    names at hand.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        kind = event.kind_class
        for fact, noun in (kind.refers_to if kind else {}).items():
            value = event.facts.get(fact)
            wanted[noun].update(value if isinstance(value, list) else [value] if value is not None else [])
    found: dict[tuple[str, int], str] = dict(known or {})
    for noun, ids in wanted.items():
        ids = {id_ for id_ in ids if (noun, id_) not in found}
        lookup = _lookups.get((called or {}).get(noun, noun))
        if ids and lookup is not None:
            found.update({(noun, key): name for key, name in lookup(ids).items()})
    return found


def attach(
    events: Iterable[Any], *, called: Mapping[str, str] | None = None, known: Names | None = None
) -> None:  # fmt: skip
    """Give each event the names it needs, so that describing it asks nothing more."""
    listed = list(events)
    names = names_for(listed, called=called, known=known)
    for event in listed:
        event.names = names
