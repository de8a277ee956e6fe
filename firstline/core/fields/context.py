"""Who asks, when and where: all that a condition may depend on besides the thing it is asked of."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Protocol

from firstline.core import clock


class Viewer(Protocol):
    """A person, as far as this floor knows people."""

    @property
    def pk(self) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Context:
    """`now` is aware; `zone` says where days begin; `trusted` (rules, jobs) sees every field of the catalogue."""

    viewer: Viewer | None = None
    now: datetime = field(default_factory=clock.now)
    zone: tzinfo = UTC
    trusted: bool = False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The instant at which the day begins in the zone, in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
