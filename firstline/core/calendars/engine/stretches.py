"""From hours on the wall clock to stretches of time in UTC.

A moment is working time if the wall clock of the zone shows, at this moment, a time within the hours of that day.
So an hour that the clocks skip does not exist, an hour they show twice counts twice, and a day that a country
leaves out (Samoa, 30 December 2011) has no hours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .hours import DAY, Hours, Span, merged, zone_of

EPOCH = date(1970, 1, 1).toordinal()
PROBE = DAY  # two changes of the clocks have never come closer to each other
_START = datetime(1970, 1, 1, tzinfo=UTC)


def stretches_of_year(hours: Hours, year: int) -> list[Span]:
    """Working time of a year in UTC, in seconds since 1970, in order; what touches is one stretch."""
    begin, end = _new_year(year), _new_year(year + 1)
    wall = _on_the_wall(hours, begin // DAY - 2, end // DAY + 2)
    found: list[Span] = []
    at = 0
    for start, stop, offset in _offsets(hours.zone, begin, end):
        # A change back lets wall-clock time run twice: begin again a day earlier.
        while at > 0 and wall[at - 1][1] > start + offset:
            at -= 1
        while at < len(wall) and wall[at][0] < stop + offset:
            opening, closing = max(wall[at][0] - offset, start), min(wall[at][1] - offset, stop)
            if opening < closing:
                found.append((opening, closing))
            at += 1
    return list(merged(found))


def _on_the_wall(hours: Hours, first_day: int, last_day: int) -> list[Span]:
    """Open hours of these days (numbered from 1970-01-01), in seconds on a wall clock that is never changed."""
    return list(
        merged(
            (day * DAY + start, day * DAY + end)
            for day in range(first_day, last_day)
            for start, end in hours.open_on(date.fromordinal(EPOCH + day))
        )
    )


@lru_cache(maxsize=4096)
def _offsets(zone_name: str, begin: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Stretches of one difference between the wall clock and UTC: start, end, difference in seconds."""
    zone, found = zone_of(zone_name), []
    start, offset = begin, _offset(zone, begin)
    for probe in range(begin + PROBE, end + PROBE, PROBE):
        here = min(probe, end)
        if _offset(zone, here) == offset:
            continue
        same, changed = here - PROBE, here
        while changed - same > 1:
            middle = (same + changed) // 2
            if _offset(zone, middle) == offset:
                same = middle
            else:
                changed = middle
        if changed < end:
            found.append((start, changed, offset))
            start, offset = changed, _offset(zone, changed)
    return *found, (start, end, offset)


def _offset(zone: ZoneInfo, second: int) -> int:
    difference = moment(second).astimezone(zone).utcoffset()
    return 0 if difference is None else difference.days * DAY + difference.seconds


def moment(second: int) -> datetime:
    return _START + timedelta(seconds=second)


def _new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - EPOCH) * DAY
