"""How long, as people write it: `30 minutes`, `2 working hours`, `3 working days`, or ISO 8601 (`PT2H`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_SHORT = {"s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week"}
_SAID = re.compile(r"(\d{1,6})\s*(?:(working)\s+)?([a-z]+)", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


@dataclass(frozen=True, slots=True)
class Duration:
    """`seconds` of the clock, or of working time. A working day is counted as `days`, whatever its length."""

    seconds: float = 0
    working: bool = False
    days: int = 0  # working days only; of elapsed days the seconds are known

    @property
    def elapsed(self) -> timedelta | None:
        """None for working time: how long that is only a calendar knows."""
        return None if self.working else timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        if self.days:
            return f"{self.days} working day{'s' * (self.days != 1)}"
        for unit in ("week", "day", "hour", "minute", "second"):
            count, rest = divmod(self.seconds, _UNITS[unit])
            if self.seconds and not rest and not (self.working and unit in ("week", "day")):
                return f"{int(count)} {'working ' * self.working}{unit}{'s' * (count != 1)}"
        return f"PT{self.seconds:g}S"


def duration(text: str) -> Duration | None:
    """None for what is no duration, and for one without length."""
    text = text.strip()
    if said := _SAID.fullmatch(text):
        unit = said[3].lower()
        unit = _SHORT.get(unit, unit.removesuffix("s"))
        count, working = int(said[1]), bool(said[2])
        if unit not in _UNITS or not count or (working and unit == "week"):
            return None
        if working and unit == "day":
            return Duration(working=True, days=count)
        return Duration(count * _UNITS[unit], working)
    if (iso := _ISO.fullmatch(text)) and any(iso.groups()):
        weeks, days, hours, minutes = (int(part or 0) for part in iso.groups()[:4])
        seconds = weeks * 604_800 + days * 86_400 + hours * 3_600 + minutes * 60 + float(iso[5] or 0)
        return Duration(seconds)
    return None
