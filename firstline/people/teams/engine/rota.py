"""Who is on duty when: weekly patterns in a time zone, minus holidays and absences, changed by exceptions.

Plain Python. Days are local days of the pattern's zone, instants are UTC. A shift on a day runs from its local
beginning to its local end (on the next day if that is not later), so a night on which clocks change has seven or nine
hours. A local time that does not exist or exists twice is read as PEP 495 reads it with fold=0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
OFF, ON, ONLY = "off", "on", "only"
Span = tuple[datetime, datetime]


def never(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shift of every week. `line` holds the people; in a rotation one of them has each week (Monday to Sunday)."""

    key: int
    zone: ZoneInfo
    weekdays: frozenset[int]  # ISO, Monday is 1
    begins: time
    ends: time
    first_day: date
    last_day: date | None
    line: tuple[int, ...]
    is_weekly: bool = False
    is_on_call: bool = False
    holidays: str = OFF
    is_holiday: Callable[[date], bool] = never

    def runs_on(self, day: date) -> bool:
        if day < self.first_day or (self.last_day is not None and day > self.last_day):
            return False
        if day.isoweekday() not in self.weekdays:
            return False
        return self.holidays == ON or self.is_holiday(day) == (self.holidays == ONLY)

    def span(self, day: date) -> Span:
        """From when to when the shift of that day runs."""
        last = day if self.ends > self.begins else day + DAY
        return (
            datetime.combine(day, self.begins, self.zone).astimezone(UTC),
            datetime.combine(last, self.ends, self.zone).astimezone(UTC),
        )

    def people_on(self, day: date) -> tuple[int, ...]:
        if not self.is_weekly or not self.line:
            return self.line
        week = (_monday(day) - _monday(self.first_day)).days // 7
        return (self.line[week % len(self.line)],)

    def days(self, begin: datetime, end: datetime) -> Iterator[date]:
        """The days whose shift may touch this span."""
        day = begin.astimezone(self.zone).date() - DAY
        last = end.astimezone(self.zone).date()
        while day <= last:
            if self.runs_on(day):
                yield day
            day += DAY


@dataclass(frozen=True, slots=True)
class Change:
    """An exception: from `begin` to `end` one person comes, another goes, or both."""

    begin: datetime
    end: datetime
    comes: int | None = None
    goes: int | None = None
    is_on_call: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """Somebody is on duty from one moment to another. `pattern` is None where an exception brought them."""

    begin: datetime
    end: datetime
    person: int
    pattern: int | None = field(default=None, compare=False)
    day: date | None = field(default=None, compare=False)
    is_on_call: bool = field(default=False, compare=False)


def duties(
    patterns: Iterable[Pattern],
    begin: datetime,
    end: datetime,
    *,
    changes: Sequence[Change] = (),
    absences: Mapping[int, Collection[Span]] | None = None,
) -> list[Duty]:
    """All duties that touch the span, in order of time; cut by exceptions and absences, not by the span itself."""
    away = absences or {}
    found: list[Duty] = []
    for pattern in patterns:
        for day in pattern.days(begin, end):
            whole = pattern.span(day)
            if whole[0] >= end or whole[1] <= begin:
                continue
            for person in pattern.people_on(day):
                gone = [
                    (change.begin, change.end)
                    for change in changes
                    if change.goes == person and change.is_on_call == pattern.is_on_call
                ]
                found += [
                    Duty(*span, person, pattern.key, day, pattern.is_on_call)
                    for span in without([whole], [*gone, *away.get(person, ())])
                    if span[0] < end and span[1] > begin
                ]
    for change in changes:
        if change.comes is None or change.begin >= end or change.end <= begin:
            continue
        found += [
            Duty(*span, change.comes, is_on_call=change.is_on_call)
            for span in without([(change.begin, change.end)], away.get(change.comes, ()))
            if span[0] < end and span[1] > begin
        ]
    return sorted(found)


def planned(patterns: Iterable[Pattern], begin: datetime, end: datetime) -> list[Span]:
    """When somebody ought to be there: the union of all shifts, whoever has them."""
    spans = [
        span
        for pattern in patterns
        if not pattern.is_on_call
        for day in pattern.days(begin, end)
        if (span := pattern.span(day))[0] < end and span[1] > begin
    ]
    return within(spans, begin, end)


def gaps(needed: Iterable[Span], on_duty: Iterable[Duty]) -> list[Span]:
    """The parts of the needed time in which nobody is on duty."""
    return without(union(needed), [(duty.begin, duty.end) for duty in on_duty])


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that neither touch nor overlap, in order."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if begin >= end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The spans with the holes cut out."""
    cuts = union(holes)
    found: list[Span] = []
    for begin, end in spans:
        at = begin
        for hole_begin, hole_end in cuts:
            if hole_end <= at:
                continue
            if hole_begin >= end:
                break
            if hole_begin > at:
                found.append((at, hole_begin))
            at = max(at, hole_end)
        if at < end:
            found.append((at, end))
    return found


def within(spans: Iterable[Span], begin: datetime, end: datetime) -> list[Span]:
    """The union of the spans, cut to this window."""
    return [(max(a, begin), min(b, end)) for a, b in union(spans) if a < end and b > begin]


def local_day(day: date, zone: ZoneInfo) -> Span:
    """A whole local day as a span of UTC: 23 to 25 hours."""
    return (
        datetime.combine(day, time(0), zone).astimezone(UTC),
        datetime.combine(day + DAY, time(0), zone).astimezone(UTC),
    )


def by_person(on_duty: Iterable[Duty]) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = defaultdict(list)
    for duty in on_duty:
        found[duty.person].append(duty)
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
