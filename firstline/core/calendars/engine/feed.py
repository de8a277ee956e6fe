"""Holidays from an iCalendar feed (RFC 5545): every event of whole days closes its days.

Events with times of day (a meeting in a shared calendar) close nothing. Broken events are left out and counted, so
that one of them does not cost the rest.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from .hours import CalendarWrong

LARGEST = 5_000_000  # bytes
MOST_DAYS = 5_000
LONGEST_EVENT = 366  # days
REPEATS = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
FIRST_YEAR = 1900  # a day that has repeated for longer takes long to follow, and is nobody's holiday
# Seconds. A rule that fits no day (30 February) is followed to the year 9999; thousands of such are no calendar.
LONGEST_READING = 5.0


@dataclass(slots=True)
class Feed:
    """What a feed holds: its days with their names, and how many events could not be read."""

    days: dict[date, str] = field(default_factory=dict)
    unread: int = 0


def read_feed(text: str | bytes, first: date, last: date) -> Feed:
    """The closed days from `first` to `last`; raises `CalendarWrong` if this is no iCalendar."""
    from icalendar import Calendar  # noqa: PLC0415 -- heavy import

    if len(text) > LARGEST:
        raise CalendarWrong(f"The calendar is too large: at most {LARGEST // 1_000_000} MB are read.")
    try:
        events: list[Any] = list(Calendar.from_ical(text).walk("VEVENT"))
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise CalendarWrong("This is not an iCalendar file. It begins with BEGIN:VCALENDAR.") from error
    feed, found = Feed(), []
    moved = {(str(event.get("UID")), _day(event["RECURRENCE-ID"].dt)) for event in events if "RECURRENCE-ID" in event}
    began = stopwatch.monotonic()
    for event in events:
        if stopwatch.monotonic() - began > LONGEST_READING:
            raise CalendarWrong("The calendar takes too long to read. Is it a calendar of holidays?")
        try:
            found += [(day, str(event.get("SUMMARY", ""))) for day in _days(event, first, last, moved)]
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            feed.unread += 1
        if len(found) > MOST_DAYS:
            raise CalendarWrong(f"The calendar closes more than {MOST_DAYS} days. Is it a calendar of holidays?")
    feed.days = dict(sorted(found))
    return feed


def _days(event: Any, first: date, last: date, moved: set[tuple[str, date]]) -> Iterator[date]:
    start = event["DTSTART"].dt
    if isinstance(start, datetime) or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    length = _length(event, start)
    identity = str(event.get("UID"))
    for begin in _begins(event, start, first - timedelta(days=length), last):
        if "RECURRENCE-ID" not in event and (identity, begin) in moved:
            continue
        for offset in range(length):
            if first <= (day := begin + timedelta(days=offset)) <= last:
                yield day


def _length(event: Any, start: date) -> int:
    end, duration = event.get("DTEND"), event.get("DURATION")
    days = (_day(end.dt) - start).days if end else duration.dt.days if duration else 1
    return min(max(days, 1), LONGEST_EVENT)  # an end before the start is seen in real feeds: one day


def _begins(event: Any, start: date, first: date, last: date) -> Iterator[date]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 -- start-up time

    extra, left_out = set(_dates(event.get("RDATE"))), set(_dates(event.get("EXDATE")))
    begins = {start, *extra} if "RECURRENCE-ID" not in event else {start}
    rules = event.get("RRULE")
    for rule in rules if isinstance(rules, list) else [rules] if rules else []:
        if str(rule.get("FREQ", [""])[0]).upper() not in REPEATS:
            raise ValueError("A day does not repeat within a day.")
        if start.year < FIRST_YEAR or any(part in rule for part in WITHIN_A_DAY):
            raise ValueError("No holiday repeats so.")
        if any(int(step) < 1 for step in rule.get("INTERVAL", ())):
            raise ValueError("What repeats every 0 days never comes to the next one.")
        # The rule of a day may end at a moment ("UNTIL=20201231T225959Z"); what counts is the day.
        words = ";".join(
            f"UNTIL={part[6:14]}" if part.upper().startswith("UNTIL=") else part
            for part in rule.to_ical().decode().split(";")
        )
        found = rrulestr(words, dtstart=datetime.combine(start, time.min))
        begins |= {
            moment.date()
            for moment in found.between(
                datetime.combine(first, time.min), datetime.combine(last, time.min), inc=True
            )
        }  # fmt: skip
    return iter(sorted(day for day in begins - left_out if first <= day <= last))


def _dates(value: Any) -> Iterator[date]:
    for one in value if isinstance(value, list) else [value] if value else []:
        for entry in getattr(one, "dts", []):
            yield _day(entry.dt[0] if isinstance(entry.dt, tuple) else entry.dt)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
