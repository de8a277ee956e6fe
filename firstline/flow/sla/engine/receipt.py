"""The receipt of a clock: every minute since it began, and why it counted or did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from firstline.core.calendars.engine.working import WorkingTime

from .clocks import NOTHING, Part, Round
from .history import SOLVED, Fact

MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Line:
    """From here to there. `kind`: ran, closed (nobody works), waited, solved."""

    start: datetime
    end: datetime
    kind: str
    counted: timedelta  # in this line
    total: timedelta  # with everything before
    because: Fact | None = None  # what stopped the clock
    status: int | None = None
    days: tuple[tuple[date, str], ...] = ()  # holidays and other closed days within
    shift: tuple[timedelta, timedelta] | None = None  # the clocks of the zone were changed: from, to


@dataclass(slots=True)
class Receipt:
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0  # lines at the beginning that are summed up only
    total: timedelta = NOTHING


def receipt(one: Round, now: datetime) -> Receipt:
    """Everything from the beginning of the round to its end, or to now."""
    made, working = Receipt(), one.promise.working
    for part in one.parts:
        end = part.end or max(now, part.start)
        for start, stop, kind, part_of in _pieces(part, end, working):
            counted = stop - start if kind == "ran" else NOTHING
            made.total += counted
            made.lines.append(
                Line(
                    start, stop, kind, counted, made.total,
                    because=part_of.stand.began_with if kind in {"waited", "solved"} else None,
                    status=part_of.stand.status,
                    days=tuple(_closed_days(working, start, stop)) if kind == "closed" else (),
                    shift=_shift(working, start, stop),
                )
            )  # fmt: skip
    made.left_out = max(0, len(made.lines) - MOST_LINES)
    made.lines = made.lines[made.left_out :]
    return made


def _pieces(part: Part, end: datetime, working: WorkingTime) -> Iterator[tuple[datetime, datetime, str, Part]]:
    if end <= part.start:
        return
    if not part.runs:
        yield part.start, end, "solved" if part.stand.state in SOLVED else "waited", part
        return
    at = part.start
    for opening, closing in working.stretches(part.start, end):
        if at < opening:
            yield at, opening, "closed", part
        yield opening, closing, "ran", part
        at = closing
    if at < end:
        yield at, end, "closed", part


def _closed_days(working: WorkingTime, start: datetime, end: datetime) -> Iterator[tuple[date, str]]:
    last = working.local_day(end - timedelta(microseconds=1))
    day = working.local_day(start)
    for _day in range(min((last - day).days, 60) + 1):
        if day in working.hours.closed:
            yield day, working.hours.closed[day]
        day += timedelta(days=1)


def _shift(working: WorkingTime, start: datetime, end: datetime) -> tuple[timedelta, timedelta] | None:
    before, after = working.local(start).utcoffset(), working.local(end).utcoffset()
    return (before, after) if before is not None and after is not None and before != after else None
