"""What clocks know of a ticket: a list of facts, in the order they happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SOLVED = frozenset({"resolved", "closed"})


class What(StrEnum):
    """What happened, as far as clocks care."""

    OPENED = "opened"
    STATE = "state"  # it stands in a state of this type from now on
    ASKED = "asked"  # the requester wrote
    ANSWERED = "answered"  # the desk wrote to the requester
    ANSWERED_FIRST = "answered_first"  # the first answer, where it was noted apart from its message
    SOLVED = "solved"  # counts as solved although the state stays (other systems note this apart)
    PRIORITY = "priority"  # for the receipt only: what counts is the priority the ticket has now


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `state` is a type of status (new, open, waiting, resolved, closed)."""

    at: datetime
    what: What
    state: str = ""
    status: int | None = None
    by: int | None = None
    event: int | None = None
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """The ticket stood in one status from here to there (open-ended: `end` is None)."""

    start: datetime
    end: datetime | None
    state: str
    status: int | None
    began_with: Fact


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """By time; what happened in the same instant stays in the order it was written."""
    return sorted(facts, key=lambda fact: fact.at)


def stands(facts: list[Fact]) -> Iterator[Stand]:
    """The statuses the ticket went through. Before anything else is said it is new."""
    opened = next((fact for fact in facts if fact.what is What.OPENED), None)
    if opened is None:
        return
    steps = [Fact(opened.at, What.OPENED, opened.state or "new", opened.status, opened.by, opened.event)]
    steps += [fact for fact in facts if fact.what is What.STATE]
    for number, step in enumerate(steps):
        end = steps[number + 1].at if number + 1 < len(steps) else None
        if end is None or end > step.at:
            yield Stand(max(step.at, opened.at), end, step.state, step.status, step)
