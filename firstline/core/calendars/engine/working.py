"""Add, subtract and measure working time: two bisections in stretches that are computed once a year.

All moments are aware; answers are in UTC. The same instant of working time has many names (Friday at closing is
Monday at opening): adding answers the earliest of them, subtracting the latest.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .hours import CalendarWrong, Hours, zone_of
from .stretches import moment, stretches_of_year

FIRST_YEAR, LAST_YEAR = 1900, 2300
HORIZON = 100  # years: how far we look for working time before we say that there is none
NOTHING = timedelta(0)


class NoWorkingTime(CalendarWrong):
    """The calendar does not hold as much working time as was asked for."""


class Table(NamedTuple):
    """Stretches of the years computed so far, and the working time before each, counted from the first one made."""

    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    since: datetime
    until: datetime
    total: timedelta


class WorkingTime:
    """Computes with one calendar. Keep it: what it has computed makes the next question cheap. Threads may share it."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self.zone = zone_of(hours.zone)
        self._lock = threading.Lock()
        far = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
        self._table = Table([], [], [], far, far, NOTHING)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest moment by which `amount` of working time has passed since `start`.

        Nothing added: `start`, or the next opening. Raises `NoWorkingTime` when the calendar holds too little.
        """
        table = self._table
        if not table.since <= start < table.until:
            table = self._covering(start)
        if amount <= NOTHING:
            return self.subtract(start, -amount) if amount else self.next_open(start)
        starts, ends, before = table.starts, table.ends, table.before
        at = bisect_right(starts, start) - 1
        if at < 0:
            target = (before[0] if before else NOTHING) + amount
        else:
            end = ends[at]
            worked = (start if start < end else end) - starts[at]  # noqa: FURB136 -- min() costs a fifth of this
            target = before[at] + worked + amount
        if target > table.total:
            table = self._reaching(start, target, amount)
            starts, before = table.starts, table.before
        at = bisect_left(before, target) - 1
        return starts[at] + (target - before[at])

    def subtract(self, end: datetime, amount: timedelta) -> datetime:
        """The latest moment from which `amount` of working time passes until `end`."""
        if amount <= NOTHING:
            return self.add(end, -amount) if amount else self.previous_open(end)
        table = self._covering(end)
        target = self._worked(table, end) - amount
        if not table.before or target < table.before[0]:
            table = self._reaching_back(end, target, amount)
        at = bisect_right(table.before, target) - 1
        return table.starts[at] + (target - table.before[at])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; negative when they stand the other way round."""
        self._covering(start)
        table = self._covering(end)
        return self._worked(table, end) - self._worked(table, start)

    def is_open(self, at: datetime) -> bool:
        """Whether this moment is working time; the closing moment itself is not."""
        table = self._covering(at)
        index = bisect_right(table.starts, at) - 1
        return index >= 0 and at < table.ends[index]

    def next_open(self, at: datetime) -> datetime:
        """This moment if it is working time, else the next opening."""
        return at.astimezone(UTC) if self.is_open(at) else self.next_opening(at)

    def next_opening(self, at: datetime) -> datetime:
        """The first opening after this moment."""
        table = self._ahead(at, lambda table: bool(table.starts) and table.starts[-1] > at)
        return table.starts[bisect_right(table.starts, at)]

    def next_close(self, at: datetime) -> datetime:
        """The first closing after this moment."""
        # The last stretch known may go on in the year that is not known yet.
        table = self._ahead(at, lambda table: bool(table.ends) and at < table.ends[-1] < table.until)
        return table.ends[bisect_right(table.ends, at)]

    def previous_open(self, at: datetime) -> datetime:
        """This moment if working time leads up to it, else the closing before it."""
        table = self._covering(at)
        while not table.starts or table.starts[0] >= at:
            table = self._back(table, at)
        index = bisect_left(table.starts, at) - 1
        return min(at.astimezone(UTC), table.ends[index])

    def stretches(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The working time from `start` to `end`, stretch by stretch."""
        self._covering(start)
        table = self._covering(end)
        first, last = bisect_right(table.ends, start), bisect_left(table.starts, end)
        return [(max(table.starts[at], start), min(table.ends[at], end)) for at in range(first, last)]

    def local(self, at: datetime) -> datetime:
        """The moment as the wall clock of this calendar shows it."""
        return at.astimezone(self.zone)

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    @staticmethod
    def _worked(table: Table, at: datetime) -> timedelta:
        index = bisect_right(table.starts, at) - 1
        if index < 0:
            return table.before[0] if table.before else NOTHING
        return table.before[index] + (min(at, table.ends[index]) - table.starts[index])

    def _covering(self, at: datetime) -> Table:
        table = self._table
        if table.since <= at < table.until:
            return table
        if at.tzinfo is None:
            raise CalendarWrong("A moment needs its time zone.")
        year = at.astimezone(UTC).year
        if not FIRST_YEAR <= year < LAST_YEAR:
            raise CalendarWrong(f"The year {year} is too far away: calendars reach from {FIRST_YEAR} to {LAST_YEAR}.")
        with self._lock:
            if self._table.since == self._table.until:
                self._table = _first(self.hours, year)
            while at >= self._table.until:
                self._table = _longer(self._table, self.hours)
            while at < self._table.since:
                self._table = _earlier(self._table, self.hours)
            return self._table

    def _reaching(self, start: datetime, target: timedelta, amount: timedelta) -> Table:
        # Extending forward never moves the count of what is there already, so `target` stays right.
        table = self._table
        while table.total < target:
            table = self._forth(table, start, amount)
        return table

    def _reaching_back(self, end: datetime, target: timedelta, amount: timedelta) -> Table:
        table = self._table
        while not table.before or table.before[0] > target:
            table = self._back(table, end, amount)
        return table

    def _ahead(self, at: datetime, enough: object) -> Table:
        table = self._covering(at)
        while not enough(table):  # type: ignore[operator]
            table = self._forth(table, at)
        return table

    def _forth(self, table: Table, at: datetime, amount: timedelta | None = None) -> Table:
        if table.until.year - at.year > HORIZON or table.until.year >= LAST_YEAR:
            raise NoWorkingTime(_too_little(amount, "after"))
        with self._lock:
            if self._table.until == table.until:
                self._table = _longer(self._table, self.hours)
            return self._table

    def _back(self, table: Table, at: datetime, amount: timedelta | None = None) -> Table:
        if at.year - table.since.year > HORIZON or table.since.year <= FIRST_YEAR:
            raise NoWorkingTime(_too_little(amount, "before"))
        with self._lock:
            if self._table.since == table.since:
                self._table = _earlier(self._table, self.hours)
            return self._table


@lru_cache(maxsize=256)
def _kept(key: tuple[object, ...]) -> list[WorkingTime]:
    return []


def working_time(hours: Hours) -> WorkingTime:
    """The shared computer of this calendar: equal calendars share what was computed."""
    kept = _kept(hours.key)
    if not kept:
        kept.append(WorkingTime(hours))
    return kept[0]


def _first(hours: Hours, year: int) -> Table:
    empty = datetime(year, 1, 1, tzinfo=UTC)
    return _longer(Table([], [], [], empty, empty, NOTHING), hours)


def _longer(table: Table, hours: Hours) -> Table:
    """With the next year at the end. A stretch over New Year stays one."""
    year = table.until.year
    starts, ends, before, total = table.starts[:], table.ends[:], table.before[:], table.total
    for start, end in stretches_of_year(hours, year):
        opening, closing = moment(start), moment(end)
        if ends and ends[-1] == opening:
            ends[-1] = closing
        else:
            starts.append(opening)
            ends.append(closing)
            before.append(total)
        total += closing - opening
    return Table(starts, ends, before, table.since, datetime(year + 1, 1, 1, tzinfo=UTC), total)


def _earlier(table: Table, hours: Hours) -> Table:
    """With the year before at the beginning. Its working time is counted below zero, so that no count changes."""
    year = table.since.year - 1
    starts, ends, before = table.starts[:], table.ends[:], table.before[:]
    first = before[0] if before else NOTHING
    for start, end in reversed(stretches_of_year(hours, year)):
        opening, closing = moment(start), moment(end)
        first -= closing - opening
        if starts and starts[0] == closing:
            starts[0], before[0] = opening, first
        else:
            starts.insert(0, opening)
            ends.insert(0, closing)
            before.insert(0, first)
    return Table(starts, ends, before, datetime(year, 1, 1, tzinfo=UTC), table.until, table.total)


def _too_little(amount: timedelta | None, side: str) -> str:
    asked = f"as much working time as was asked for ({amount})" if amount else "any working time"
    return f"The calendar does not hold {asked} in the {HORIZON} years {side} this moment. Look at its hours and days."
