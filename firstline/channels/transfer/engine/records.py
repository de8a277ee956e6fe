"""What every other system is read into, before anything is written: the same few records for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Who:
    """A person, as the other system knows them."""

    reference: str  # what identifies them there
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A status of the other system. `key` is empty where our first status of that type says the same."""

    name: str
    type: str  # new, open, waiting, resolved, closed
    key: str = ""
    turn: str = "desk"
    requester_label: str = ""


@dataclass(frozen=True, slots=True)
class FieldWord:
    """A field of the other system that we have no column for; it becomes a custom field."""

    key: str
    label: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Said:
    """A message. The first one may be a description made from the fields, where the other system gave no text."""

    at: datetime
    text: str
    by: str | None = None
    is_internal: bool = False
    is_from_desk: bool = False


@dataclass(slots=True, kw_only=True)
class State:
    """How a ticket stood after one change. People by reference, teams and categories by name."""

    at: datetime
    order: int  # tells changes of the same moment apart
    line: int  # where in the file
    by: str | None
    status: str  # the word of the other system
    requester: str
    team: str | None = None
    owner: str | None = None
    category: tuple[str, ...] = ()
    impact: int | None = None
    urgency: int | None = None
    priority: int = 3
    reopened: int | None = None  # how often by then; None where the other system does not count
    custom: dict[str, Any] = field(default_factory=dict)
    _mark: str = ""

    def values(self) -> dict[str, Any]:
        """What can change, as JSON."""
        return {
            "status": self.status,
            "requester": self.requester,
            "team": self.team,
            "owner": self.owner,
            "category": list(self.category),
            "impact": self.impact,
            "urgency": self.urgency,
            "priority": self.priority,
            "reopened": self.reopened,
            "custom": self.filled(),
        }

    def mark(self) -> str:
        """Ten letters that tell this change of a ticket from its others, in this file and in a later one."""
        if not self._mark:  # once: it stays the mark of what the file says
            said = (
                self.at.isoformat(), self.order, self.by, self.status, self.requester, self.team, self.owner,
                self.category, self.impact, self.urgency, self.priority, self.reopened, sorted(self.filled().items()),
            )  # fmt: skip
            self._mark = digest(said, size=5)
        return self._mark

    def filled(self) -> dict[str, Any]:
        return {key: value for key, value in self.custom.items() if value is not None}

    @classmethod
    def from_values(cls, values: Mapping[str, Any], *, at: datetime, order: int) -> State:
        """The state as it was kept after the last import."""
        return cls(at=at, order=order, line=0, by=None, **{**values, "category": tuple(values["category"])})


@dataclass(slots=True, kw_only=True)
class TicketRecord:
    """One ticket with all its changes, in their order. There is at least one state."""

    reference: str
    subject: str
    opened_at: datetime
    opened_by: str | None
    source: str
    states: list[State]
    people: dict[str, Who]
    kind: str = "incident"
    messages: list[Said] = field(default_factory=list)
    # Values the other system gives only as they are in the end, so that no change of them is known.
    finally_: dict[str, Any] = field(default_factory=dict)
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    desk: set[tuple[str, str | None]] = field(default_factory=set)  # who worked on it, in which team

    def digest(self) -> str:
        marks = [state.mark() for state in self.states]
        return digest((marks, self.finally_, str(self.resolved_at), str(self.closed_at)), size=16)


def digest(value: Any, *, size: int) -> str:
    """Of texts, numbers, lists and the like, whose `repr` is the same on every machine."""
    return hashlib.blake2b(repr(value).encode(), digest_size=size).hexdigest()
