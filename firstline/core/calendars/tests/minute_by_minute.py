"""A second opinion on working time: slow, and so plain that it can be checked by eye.

It looks at every minute, reads the wall clock of the zone, and asks the calendar as a person wrote it. It shares no
line with the engine.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Pairs = list[list[str]]


@dataclass
class Written:
    """A calendar in the words of the JSON questions."""

    time_zone: str
    hours: dict[str, Pairs] = field(default_factory=dict)
    holidays: list[str] = field(default_factory=list)
    special_hours: dict[str, Pairs] = field(default_factory=dict)
    breaks: dict[str, Pairs] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.time_zone))
        day, minute = local.date(), local.hour * 60 + local.minute
        if day.isoformat() in self.holidays:
            return False
        yesterday = day - timedelta(days=1)
        is_open = _within(self._beginning(day), minute) or _within(self._beginning(yesterday), minute + 1440)
        return is_open and not (
            _within(self.breaks.get(day.isoformat(), []), minute)
            or _within(self.breaks.get(yesterday.isoformat(), []), minute + 1440)
        )

    def _beginning(self, day: date) -> Pairs:
        if day.isoformat() in self.holidays:
            return []
        return self.special_hours.get(day.isoformat(), self.hours.get(DAYS[day.weekday()], []))


def _within(pairs: Pairs, minute: int) -> bool:
    for start, end in pairs:
        begin, stop = _minutes(start), _minutes(end)
        if begin <= minute < (stop if stop > begin else stop + 1440):
            return True
    return False


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class Reference:
    """Working minutes of a calendar between two moments, each of them looked at."""

    def __init__(self, written: Written, start: datetime, days: int) -> None:
        self.start, self.number = start, days * 1440
        self.open = [written.is_open(start + MINUTE * minute) for minute in range(self.number)]
        self.worked = [0, *accumulate(map(int, self.open))]  # before each minute

    def between(self, first: int, last: int) -> int:
        return self.worked[last] - self.worked[first]

    def add(self, first: int, amount: int) -> int:
        """The first minute by which so many working minutes have passed; the days at hand must reach."""
        return bisect_left(self.worked, self.worked[first] + amount)

    def subtract(self, last: int, amount: int) -> int:
        """The last minute from which so many working minutes pass."""
        return bisect_right(self.worked, self.worked[last] - amount) - 1

    def at(self, minute: int) -> datetime:
        return self.start + MINUTE * minute


# Both changes of the clocks in each zone, and stranger things: half an hour, a day left out, a change at midnight.
PLACES = [
    ("Europe/Berlin", "2024-03-31"), ("Europe/Berlin", "2024-10-27"), ("America/New_York", "2024-03-10"),
    ("America/New_York", "2024-11-03"), ("Australia/Lord_Howe", "2024-04-07"), ("Australia/Lord_Howe", "2024-10-06"),
    ("Africa/Casablanca", "2024-03-10"), ("Africa/Casablanca", "2024-04-14"), ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2019-02-17"), ("Pacific/Apia", "2011-12-30"), ("Pacific/Apia", "2012-04-01"),
    ("America/St_Johns", "2011-03-13"), ("America/St_Johns", "2010-11-07"), ("Asia/Kathmandu", "2024-12-31"),
    ("Asia/Ho_Chi_Minh", "2024-02-29"), ("Asia/Pyongyang", "2018-05-05"), ("America/Caracas", "2016-05-01"),
    ("Antarctica/Troll", "2024-03-31"), ("UTC", "2024-02-28"),
]  # fmt: skip


def a_calendar(chance: random.Random, zone: str, around: date) -> Written:
    """Any hours one could think of around this day."""
    near = [(around + timedelta(days=days)).isoformat() for days in range(-5, 6)]
    return Written(
        zone,
        hours={day: _pairs(chance, 3) for day in DAYS if chance.random() < 0.8},
        holidays=sorted(chance.sample(near, chance.choice([0, 0, 1, 2]))),
        special_hours={day: _pairs(chance, 2) for day in chance.sample(near, chance.choice([0, 0, 1, 2]))},
        breaks={day: _pairs(chance, 2) for day in chance.sample(near, chance.choice([0, 0, 1, 2]))},
    )


def _pairs(chance: random.Random, most: int) -> Pairs:
    if chance.random() < 0.1:
        return [["00:00", "24:00"]]
    found = []
    for _pair in range(chance.randint(0, most)):
        start = chance.choice([chance.randrange(0, 1440), chance.randrange(0, 240)])
        length = chance.choice([chance.randrange(1, 120), chance.randrange(1, 720)])
        end = (start + length) % 1440
        found.append([f"{start // 60:02}:{start % 60:02}", "24:00" if end == 0 else f"{end // 60:02}:{end % 60:02}"])
    return found


def start_before(around: date) -> datetime:
    return datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=6)
