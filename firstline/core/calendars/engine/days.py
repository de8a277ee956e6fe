"""Working days: add, subtract and count them, keeping the time on the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from .hours import DAY, CalendarWrong, Hours
from .working import HORIZON, NoWorkingTime, WorkingTime

LONGEST = HORIZON * 366  # days
MOST_DAYS = LONGEST
INSTANT = timedelta(microseconds=1)


def shift_date(hours: Hours, day: date, days: int) -> date:
    """`days` working days after (or, negative, before) a day; from a free day it first goes on to a working one."""
    if abs(days) > MOST_DAYS:
        raise CalendarWrong(f"At most {MOST_DAYS} days can be added.")
    step = 1 if days >= 0 else -1
    day = nearest(hours, day, step)
    for _day in range(abs(days)):
        day = nearest(hours, _next(day, step), step)
    return day


def shift(working: WorkingTime, at: datetime, days: int) -> datetime:
    """`days` working days after (or before) a moment, at the same time on the wall clock.

    A moment outside working hours counts as the next opening; going back, as the opening of the working day that
    ended last. A time of day that is closed on the day we arrive at becomes its next opening (going back:
    the closing before it).
    """
    if days == 0:
        return at.astimezone(UTC)
    local = working.local(at)
    if not working.is_open(at) and not _at_a_close(working, at):
        local = working.local(_opening(working, at, forward=days > 0))
    day = shift_date(working.hours, local.date(), days)
    arrived = wall_clock(working, day, local.time())
    if working.is_open(arrived) or _at_a_close(working, arrived):
        return arrived
    return working.next_open(arrived) if days > 0 else working.previous_open(arrived)


def count(hours: Hours, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when they stand the other way round."""
    if start > end:
        return -count(hours, end, start)
    if (end - start).days > LONGEST:
        raise CalendarWrong(f"The two days lie more than {HORIZON} years apart.")
    days = range(start.toordinal() + 1, end.toordinal() + 1)
    return sum(hours.is_working_day(date.fromordinal(day)) for day in days)


def end_of_day(working: WorkingTime, day: date) -> datetime:
    """The last closing of a working day."""
    spans = working.hours.open_on(day)
    if not spans:
        raise NoWorkingTime(f"{day} is not a working day.")
    return _at(working, day, spans[-1][1])


def nearest(hours: Hours, day: date, step: int) -> date:
    """This day if it is a working day, else the next (`step` 1) or previous (-1) one."""
    for _tries in range(LONGEST):
        if hours.is_working_day(day):
            return day
        day = _next(day, step)
    raise NoWorkingTime(f"The calendar has no working day in {HORIZON} years. Look at its hours and days.")


def wall_clock(working: WorkingTime, day: date, at: time) -> datetime:
    """A time of day in UTC. One that the clocks skip is moved on by as much as they are; of two, the first."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=working.zone).astimezone(UTC)


def _opening(working: WorkingTime, at: datetime, *, forward: bool) -> datetime:
    if forward:
        return working.next_open(at)
    day = working.local_day(working.previous_open(at) - INSTANT)
    return _at(working, day, working.hours.open_on(day)[0][0])


def _at(working: WorkingTime, day: date, second: int) -> datetime:
    if second == DAY:
        day, second = _next(day, 1), 0
    return wall_clock(working, day, time(second // 3600, second % 3600 // 60, second % 60))


def _at_a_close(working: WorkingTime, at: datetime) -> bool:
    return working.is_open(at - INSTANT)


def _next(day: date, step: int) -> date:
    try:
        return date.fromordinal(day.toordinal() + step)
    except (ValueError, OverflowError):
        raise CalendarWrong("This lies beyond the years that calendars know.") from None
