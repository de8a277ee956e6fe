"""Whom a path would have asked about a ticket of the past, and when. Plain Python: what happened in, levels out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a ticket's life. All instants in UTC, in order of time; `moves` begins with its opening."""

    moves: Sequence[datetime]
    end: datetime  # solved, or now
    reopened: Sequence[datetime] = ()
    obstacles: Sequence[datetime] = ()
    asked: Sequence[datetime] = ()  # the requester asked for somebody higher up
    # The instant at which this share (per cent) of an agreed time was used up, if it came to that.
    share_used_at: Callable[[str, int], datetime | None] = lambda target, share: None


@dataclass(frozen=True, slots=True)
class Asked:
    step: int  # the how-many-eth level, from 1
    at: datetime
    because: Mapping[str, Any]  # the trigger, as it is kept on the level


def tried(levels: Sequence[Sequence[Mapping[str, Any]]], past: Past) -> list[Asked]:
    """The levels in their order, each asked once, as the sweep would have done; whoever is asked moves nothing."""
    found: list[Asked] = []
    for step, triggers in enumerate(levels, 1):
        since = found[-1].at if found else past.moves[0]
        dues = [
            Asked(step, at, trigger)
            for trigger in triggers
            for at in _moments(trigger, past, since, found)
            if at < past.end
        ]
        if not dues:
            break
        found.append(min(dues, key=lambda due: due.at))
    return found


def _moments(trigger: Mapping[str, Any], past: Past, since: datetime, before: list[Asked]) -> Iterator[datetime]:
    match trigger["when"]:
        case "clock":
            at = past.share_used_at(trigger.get("target", "resolution"), int(trigger["share"]))
            if at is not None:
                yield max(at, since)
        case "silence":
            yield from _silences(past, timedelta(minutes=int(trigger["minutes"])), since)
        case "reopened":
            if len(past.reopened) >= int(trigger["times"]):
                yield max(past.reopened[int(trigger["times"]) - 1], since)
        case "obstacle":
            yield from (max(at, since) for at in past.obstacles[:1])
        case "asked":
            yield from (max(at, since) for at in past.asked[:1])
        case "unaccepted":
            if before:
                at = since + timedelta(minutes=int(trigger["minutes"]))
                if not any(since < moved <= at for moved in past.moves):  # nobody had taken it
                    yield at


def _silences(past: Past, length: timedelta, since: datetime) -> Iterator[datetime]:
    """When a silence had lasted so long, for the first time since then."""
    for quiet, moved in pairwise([*past.moves, past.end]):
        at = quiet + length
        if moved >= at and moved > since:
            yield max(at, since)
            return
