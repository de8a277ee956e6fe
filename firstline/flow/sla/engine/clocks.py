"""Clocks, computed from what happened: nothing is counted along the way, so nothing can be lost.

A clock measures one promise: the first answer, every next answer, the solution, or regular news. It runs in rounds:
one for the first answer and the solution, one for each question and each piece of news. Within a round it runs in
working hours, stands still while the ticket waits, and goes on when it goes on. The amount promised is that of the
priority the ticket has now: changing it moves the deadline and takes nothing away from what was counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from firstline.core.calendars.engine.working import WorkingTime

from .history import SOLVED, Fact, Stand, What, in_order, stands

NOTHING = timedelta(0)


class Measure(StrEnum):
    """What is promised."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"


class State(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    STOPPED = "stopped"  # solved before this was due: it is not needed any more, unless the ticket is reopened


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of an agreement, for the priority the ticket has."""

    measure: Measure
    amount: timedelta
    working: WorkingTime
    pauses: bool = True  # stands still while the ticket waits
    runs_on: frozenset[int] = frozenset()  # statuses of waiting in which it runs all the same
    # Answers: count from the first message on, also before the first answer. Otherwise the first answer has its own
    # promise, and this one begins after it.
    from_the_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The clock ran, or stood still, from here to there."""

    start: datetime
    end: datetime | None
    runs: bool
    stand: Stand


@dataclass(slots=True)
class Round:
    """One run of a clock, from its start to its end or to now."""

    promise: Promise
    number: int
    start: datetime
    began_with: Fact
    end: datetime | None = None
    ended_with: Fact | None = None
    parts: list[Part] = field(default_factory=list)
    counted: timedelta = NOTHING  # working time in the parts that have ended
    due: datetime | None = None  # when the amount is (or was) reached; None while it stands still before that

    @property
    def amount(self) -> timedelta:
        return self.promise.amount

    @property
    def state(self) -> State:
        if self.end is not None:
            return State.MET
        last = self.parts[-1]
        if last.runs:
            return State.RUNNING
        return State.STOPPED if last.stand.state in SOLVED else State.PAUSED

    @property
    def runs_since(self) -> datetime | None:
        """The start of the part that is running now."""
        return self.parts[-1].start if self.state is State.RUNNING else None

    def counted_until(self, now: datetime) -> timedelta:
        """Working time so far; at least what had been counted when the running part began."""
        since = self.runs_since
        if since is None or now <= since:
            return self.counted
        return self.counted + self.promise.working.between(since, now)

    def left(self, now: datetime) -> timedelta:
        """Working time left; negative when it is late."""
        return self.amount - self.counted_until(now)

    def is_late(self, now: datetime) -> bool:
        if self.state is State.RUNNING:
            return self.due is not None and self.due <= now
        return self.counted > self.amount

    def moment_of(self, share: float) -> datetime | None:
        """When this share of the amount is used up, if the clock goes on as it does; None if it stands still."""
        since = self.runs_since
        if since is None:
            return None
        missing = self.amount * share - self.counted
        return self.promise.working.add(since, missing) if missing > NOTHING else since

    def used_up_at(self, share: float) -> datetime | None:
        """When this share of the amount was used up, also of a round that has ended; None if it never came to that."""
        needed = self.amount * share
        for part in self.parts:
            if not part.runs:
                continue
            worked = self.promise.working.between(part.start, part.end) if part.end else None
            if worked is None or worked >= needed:
                return self.promise.working.add(part.start, needed) if needed > NOTHING else part.start
            needed -= worked
        return None


def rounds(facts: list[Fact], promise: Promise) -> list[Round]:
    """All rounds of a clock, oldest first, from what has happened to the ticket."""
    ordered = in_order(facts)
    stood = list(stands(ordered))
    found = []
    for number, (start, end) in enumerate(_beginnings(ordered, promise)):
        one = Round(promise, number, start.at, start, end.at if end else None, end)
        _count(one, stood)
        found.append(one)
    return found


def _beginnings(facts: list[Fact], promise: Promise) -> Iterator[tuple[Fact, Fact | None]]:
    """What begins each round, and what ended it."""
    opened = next((fact for fact in facts if fact.what is What.OPENED), None)
    if opened is None:
        return
    match promise.measure:
        case Measure.FIRST_RESPONSE:
            yield opened, _first_answer(facts)
        case Measure.RESOLUTION:
            yield opened, _solution(facts)
        case Measure.NEXT_RESPONSE:
            yield from _questions(facts, promise)
        case Measure.UPDATE:
            yield from _news(facts, promise, opened)


def _first_answer(facts: list[Fact]) -> Fact | None:
    noted = next((fact for fact in facts if fact.what is What.ANSWERED_FIRST), None)
    return noted or next((fact for fact in facts if fact.what is What.ANSWERED), None)


def _solution(facts: list[Fact]) -> Fact | None:
    """What solved it, if it is solved: a ticket that was reopened is not, and its clock goes on."""
    apart = next((fact for fact in facts if fact.what is What.SOLVED), None)
    if apart:
        return apart
    found = None
    for fact in facts:
        if fact.what is What.STATE or fact.what is What.OPENED:
            is_solved = fact.state in SOLVED
            found = (found or fact) if is_solved else None
    return found


def _questions(facts: list[Fact], promise: Promise) -> Iterator[tuple[Fact, Fact | None]]:
    asked: Fact | None = None
    first = _first_answer(facts)
    for fact in facts:
        if fact.what is What.ASKED:
            if asked is None and (promise.from_the_beginning or (first is not None and first.at <= fact.at)):
                asked = fact
        elif fact.what is What.ANSWERED and asked is not None:
            yield asked, fact
            asked = None
    if asked is not None:
        yield asked, None


def _news(facts: list[Fact], promise: Promise, opened: Fact) -> Iterator[tuple[Fact, Fact | None]]:
    since = opened if promise.from_the_beginning else None
    for fact in facts:
        if fact.what is What.ANSWERED:
            if since is not None:
                yield since, fact
            since = fact
    if since is not None:
        yield since, None


def _count(one: Round, stood: list[Stand]) -> None:
    """Lay the statuses under the round, and count working time where it runs."""
    for stand in stood:
        start = max(stand.start, one.start)
        end = stand.end if one.end is None else min(stand.end or one.end, one.end)
        if end is not None and end <= start:
            continue
        runs = _runs(one.promise, stand)
        one.parts.append(Part(start, end, runs, stand))
        if not runs:
            continue
        missing = one.amount - one.counted
        if end is None:
            if one.due is None:
                one.due = one.promise.working.add(start, missing) if missing > NOTHING else start
            continue
        worked = one.promise.working.between(start, end)
        if one.due is None and worked >= missing:
            one.due = one.promise.working.add(start, missing) if missing > NOTHING else start
        one.counted += worked


def _runs(promise: Promise, stand: Stand) -> bool:
    if stand.state in SOLVED:
        return False
    return not (promise.pauses and stand.state == "waiting" and stand.status not in promise.runs_on)
