"""When somebody is told: at once, after their quiet hours, or with the next digest. Plain arithmetic of local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local times between which nothing comes; `begin > end` goes past midnight. Equal or missing: never quiet."""

    begin: time | None = None
    end: time | None = None
    weekends: bool = False

    def covers(self, local: datetime) -> bool:
        return self._by_day(local.date()) or self._by_hour(local.time())

    def _by_day(self, day: date) -> bool:
        return self.weekends and day.weekday() >= SATURDAY

    def _by_hour(self, hour: time) -> bool:
        if self.begin is None or self.end is None or self.begin == self.end:
            return False
        if self.begin < self.end:
            return self.begin <= hour < self.end
        return hour >= self.begin or hour < self.end


def after_quiet(now: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) from `now` on that is not quiet.

    The candidates are `now`, midnights and ends of quiet hours; a local time that a clock change skips is read with
    the offset before it (PEP 495), which is the moment people mean.
    """
    local = now.astimezone(zone)
    if not quiet.covers(local):
        return now
    for step in range(9):
        day = local.date() + timedelta(days=step)
        for hour in sorted({time(0), quiet.end or time(0)}):
            moment = datetime.combine(day, hour, zone).astimezone(UTC)
            if moment > now and not quiet.covers(moment.astimezone(zone)):
                return moment
    return now


def next_digest(now: datetime, zone: ZoneInfo, *, daily_at: time | None) -> datetime:
    """When the next digest goes (UTC): the next full hour, or the next `daily_at` in that zone."""
    if daily_at is None:
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    local = now.astimezone(zone)
    for step in range(3):
        moment = datetime.combine(local.date() + timedelta(days=step), daily_at, zone).astimezone(UTC)
        if moment > now:
            return moment
    return now
