"""Whose turn is it? Every candidate gets a verdict, so that a pick can always be explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# How much of a person's attention an open ticket takes, by priority: a critical one is as heavy as eight small ones.
WEIGHTS = {1: 8, 2: 4, 3: 2, 4: 1}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could get it. `place` orders the round; `load` and `capacity` are in points of WEIGHTS."""

    person: int
    place: int
    load: int = 0
    capacity: int = 0
    level: int = 0  # of the skill that is asked for; 0: has it not
    why_not: str = ""  # absent, off shift, away …: a word, not a sentence


@dataclass(frozen=True, slots=True)
class Choice:
    """The one chosen (None: nobody could) and what was thought of each: JSON for the log."""

    person: int | None
    verdicts: list[dict[str, Any]]


def choose(candidates: Sequence[Candidate], *, mode: str, last: int, needs_skill: bool = False) -> Choice:
    """`mode` is round_robin (the next place after `last`) or least_loaded (the smallest share of capacity).

    With a skill asked for, the highest level among those who may get it goes first; within it the mode decides.
    """
    verdicts = {one.person: _why_not(one, needs_skill) for one in candidates}
    able = [one for one in candidates if not verdicts[one.person]]
    if needs_skill and able:
        best = max(one.level for one in able)
        for one in able:
            if one.level < best:
                verdicts[one.person] = "others know more"
        able = [one for one in able if one.level == best]
    chosen = min(able, key=lambda one: _rank(one, mode, last)).person if able else None
    return Choice(chosen, [_told(one, verdicts[one.person], chosen) for one in sorted(candidates, key=_by_place)])


def share(load: int, capacity: int) -> float:
    """The part of the capacity that is taken."""
    return load / capacity if capacity > 0 else 1.0


def _why_not(one: Candidate, needs_skill: bool) -> str:
    if one.why_not:
        return one.why_not
    if needs_skill and not one.level:
        return "lacks the skill"
    return "full" if one.load >= one.capacity else ""


def _rank(one: Candidate, mode: str, last: int) -> tuple[Any, ...]:
    turn = (one.place <= last, one.place)
    return (share(one.load, one.capacity), *turn) if mode == "least_loaded" else turn


def _by_place(one: Candidate) -> int:
    return one.place


def _told(one: Candidate, why_not: str, chosen: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {"person": one.person, "load": one.load, "capacity": one.capacity}
    if one.level:
        told["level"] = one.level
    if why_not:
        told["why_not"] = why_not
    if one.person == chosen:
        told["chosen"] = True
    return told
