"""When the next level of a path is due. Plain Python: facts in, a moment and its reason out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

CLOCK, SILENCE, REOPENED, OBSTACLE, ASKED, UNACCEPTED = (
    "clock", "silence", "reopened", "obstacle", "asked", "unaccepted",
)  # fmt: skip
#: What may start a level, and the number each of them carries.
REASONS: Mapping[str, str] = {
    CLOCK: "share",  # per cent of the agreed time
    SILENCE: "minutes",  # of nothing happening
    REOPENED: "times",
    OBSTACLE: "",
    ASKED: "",
    UNACCEPTED: "minutes",  # since the level before was asked
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a ticket at a moment. All instants in UTC."""

    moved_at: datetime  # when something last happened that the requester would call work
    reopened: int = 0
    obstacle_at: datetime | None = None
    asked_at: datetime | None = None
    unaccepted_since: datetime | None = None
    # The instant at which this share (per cent) of an agreed time ("response", "resolution") is used up, if it runs.
    share_used_at: Callable[[str, int], datetime | None] = lambda target, share: None


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    because: dict[str, Any]  # the trigger as it is kept on the level


def next_due(triggers: Sequence[Mapping[str, Any]], facts: Facts, now: datetime) -> Due | None:
    """The earliest moment one of the triggers fires; None if none will as things stand."""
    dues = [Due(at, dict(trigger)) for trigger in triggers if (at := _moment(trigger, facts, now)) is not None]
    return min(dues, key=lambda due: due.at, default=None)


def _moment(trigger: Mapping[str, Any], facts: Facts, now: datetime) -> datetime | None:
    match trigger["when"]:
        case "clock":
            return facts.share_used_at(trigger.get("target", "resolution"), int(trigger["share"]))
        case "silence":
            return facts.moved_at + timedelta(minutes=int(trigger["minutes"]))
        case "reopened":
            return now if facts.reopened >= int(trigger["times"]) else None
        case "obstacle":
            return facts.obstacle_at
        case "asked":
            return facts.asked_at
        case "unaccepted":
            since = facts.unaccepted_since
            return since + timedelta(minutes=int(trigger["minutes"])) if since else None
        case _:
            raise ValueError(f"Nothing is known of a trigger {trigger['when']!r}.")
