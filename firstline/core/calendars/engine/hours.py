"""What a calendar says, before anybody computes with it: hours of a week, days that differ, a time zone.

The hours of a day are spans of seconds since its local midnight. A span may end on the next day (a night shift):
it then belongs to the day on which it begins.

Who wins, from the strongest: a closed day is closed from midnight to midnight, and no shift begins on it; special
hours replace the hours that would begin on that day; breaks are cut out of whatever is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 86_400  # seconds
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_SPANS = 48  # a day: one each half hour; more is a mistake, and costs every computation

Span = tuple[int, int]
Spans = tuple[Span, ...]
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class CalendarWrong(ValueError):
    """A calendar, a moment or an amount that cannot be computed with; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar as plain data. Equal calendars are equal objects: use `key` to share what was computed."""

    zone: str
    week: tuple[Spans, ...]  # Monday first
    closed: Mapping[date, str] = field(default_factory=dict)  # the day and its name
    special: Mapping[date, Spans] = field(default_factory=dict)  # other hours on this day
    breaks: Mapping[date, Spans] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if len(self.week) != len(WEEKDAYS):
            raise CalendarWrong("A week has seven days: give the hours of each, an empty list for a free day.")

    @property
    def key(self) -> tuple[object, ...]:
        return (
            self.zone, self.week, tuple(sorted(self.closed)),
            tuple(sorted(self.special.items())), tuple(sorted(self.breaks.items())),
        )  # fmt: skip

    def beginning_on(self, day: date) -> Spans:
        """The spans that begin on this day, in seconds since its midnight; a night shift ends above `DAY`."""
        if day in self.closed:
            return ()
        special = self.special.get(day)
        return self.week[day.weekday()] if special is None else special

    def open_on(self, day: date) -> Spans:
        """What is open between the midnights of this day: also the end of the shift that began the day before."""
        if day in self.closed:
            return ()
        spans = [(start, min(end, DAY)) for start, end in self.beginning_on(day)]
        yesterday = _before(day)
        if yesterday:
            spans += [(max(start - DAY, 0), end - DAY) for start, end in self.beginning_on(yesterday) if end > DAY]
        found = merged(spans)
        if self.breaks:
            found = without(found, self._breaks_within(day, yesterday))
        return found

    def is_working_day(self, day: date) -> bool:
        """Whether any working time begins or goes on this day."""
        return bool(self.open_on(day))

    def _breaks_within(self, day: date, yesterday: date | None) -> Spans:
        spans = [(start, min(end, DAY)) for start, end in self.breaks.get(day, ())]
        if yesterday:
            spans += [(max(start - DAY, 0), end - DAY) for start, end in self.breaks.get(yesterday, ()) if end > DAY]
        return merged(spans)


def round_the_clock(zone: str = "UTC") -> Hours:
    """Every second of every day."""
    return Hours(zone, (((0, DAY),),) * 7)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name, or `CalendarWrong`."""
    try:
        return ZoneInfo(name)
    # ZoneInfo itself refuses paths that lead out of its data; a folder of it, such as "Europe", is an OSError.
    except (ValueError, KeyError, OSError, TypeError):
        raise CalendarWrong(
            f"“{name}” is not a time zone. Use a name such as Europe/Berlin or Asia/Ho_Chi_Minh."
        ) from None


def span(start: str, end: str) -> Span:
    """Two times of day, such as "09:00" and "17:30", in seconds since midnight.

    An end at or before the start lies on the next day; "00:00" to "00:00" is the whole day.
    """
    begin, stop = seconds(start), seconds(end)
    if begin == DAY:
        raise CalendarWrong("Nothing begins at 24:00: let it begin at 00:00 of the next day.")
    if begin == stop and begin != 0:
        raise CalendarWrong(f"From {start} to {end} is no time at all: give an end that differs from the start.")
    return begin, stop if stop > begin else stop + DAY


def seconds(text: str) -> int:
    """A time of day from 00:00 to 24:00 in seconds since midnight."""
    found = _TIME.fullmatch(str(text).strip())
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    total = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or total > DAY:
        raise CalendarWrong(
            f"“{text}” is not a time of day. Write it like 09:00; midnight at the end of a day is 24:00."
        )
    return total


def spans(pairs: Iterable[Iterable[str]]) -> Spans:
    """Pairs of times of day as spans in order; what touches or overlaps becomes one."""
    found = []
    for pair in pairs:
        times = list(pair)
        if len(times) != 2:
            raise CalendarWrong("Each span of hours has a start and an end.")
        found.append(span(*times))
    if len(found) > MOST_SPANS:
        raise CalendarWrong(f"A day can have at most {MOST_SPANS} spans of hours.")
    return merged(found)


def merged(spans: Iterable[Span]) -> Spans:
    """In order, without overlaps; what touches becomes one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return tuple(found)


def without(spans: Spans, holes: Spans) -> Spans:
    """The parts of `spans` that lie in none of `holes`; both in order."""
    for hole_start, hole_end in holes:
        spans = tuple(
            part
            for start, end in spans
            for part in ((start, min(end, hole_start)), (max(start, hole_end), end))
            if part[0] < part[1]
        )
    return spans


def time_of_day(second: int) -> str:
    """Seconds since midnight as people write it; beyond 24:00 the time of the next day."""
    second = second if second <= DAY else second - DAY
    return f"{second // 3600:02}:{second % 3600 // 60:02}" + (f":{second % 60:02}" if second % 60 else "")


def _before(day: date) -> date | None:
    return date.fromordinal(day.toordinal() - 1) if day > date.min else None
