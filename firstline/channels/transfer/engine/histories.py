"""From states to what changed between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .records import State

FIELDS = (
    "requester", "impact", "urgency", "priority", "category", "team", "owner", "status", "reopened",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What one change of the other system changed: field → (before, after). May be nothing that we can see."""

    at: datetime
    by: str | None
    changes: dict[str, tuple[Any, Any]]


def in_order(states: Iterable[State]) -> tuple[list[State], int]:
    """By time, then by the other system's own count, then as they stand in the file; and how many came twice.

    Time first: the count is wrong in rare rows of real logs, the clock is not.
    """
    ordered, seen, twice = [], set(), 0
    for state in sorted(states, key=lambda state: (state.at, state.order, state.line)):
        mark = state.mark()
        if mark in seen:
            twice += 1
            continue
        seen.add(mark)
        ordered.append(state)
    return ordered, twice


def steps(before: State, after: Iterable[State]) -> list[Step]:
    """One step per state, each compared with the one before it."""
    found = []
    for state in after:
        found.append(Step(state.at, state.by, difference(before, state)))
        before = state
    return found


def difference(before: State, after: State) -> dict[str, tuple[Any, Any]]:
    """Every field that is not the same, custom fields as `custom.key`."""
    changes = {name: (old, new) for name in FIELDS if (old := getattr(before, name)) != (new := getattr(after, name))}
    old_custom, new_custom = before.custom, after.custom
    if old_custom != new_custom:
        for key in sorted(old_custom.keys() | new_custom.keys()):
            if old_custom.get(key) != new_custom.get(key):
                changes[f"custom.{key}"] = (old_custom.get(key), new_custom.get(key))
    return changes
