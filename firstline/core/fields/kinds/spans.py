"""Stretches of time people name: today, last-week, 2026-03, 2026-01-31."""

import re
from datetime import date, timedelta

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(\d{4})")
DURATION = re.compile(r"([+-]?)(\d{1,6})(m|h|d|w|y)")
MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60, "y": 365 * 24 * 60}
LONGEST = timedelta(days=365 * 100)

Span = tuple[date, date]


def span(text: str, today: date) -> Span | None:
    """The first day and the day after the last one, or None when the text names no stretch of days."""
    if named := _named(text.lower(), today):
        return named
    try:
        if found := _DAY.fullmatch(text):
            day = date(*map(int, found.groups()))
            return _within_reason(day, day + timedelta(days=1))
        if found := _MONTH.fullmatch(text):
            first = date(int(found[1]), int(found[2]), 1)
            return _within_reason(first, _months_on(first, 1))
        if found := _YEAR.fullmatch(text):
            return _within_reason(date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1))
    except (ValueError, OverflowError):
        return None
    return None


def duration(text: str) -> tuple[str, timedelta] | None:
    """The sign (or nothing) and the length of `7d`, `+2h`, `-30m`."""
    found = DURATION.fullmatch(text.lower())
    if not found:
        return None
    length = timedelta(minutes=int(found[2]) * MINUTES[found[3]])
    return (found[1], length) if length <= LONGEST else None


def _named(text: str, today: date) -> Span | None:
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if text in days:
        day = today + timedelta(days=days[text])
        return day, day + timedelta(days=1)
    which, _, unit = text.partition("-")
    step = {"last": -1, "this": 0, "next": 1}.get(which)
    if step is None:
        return None
    if unit == "week":  # ISO 8601: weeks begin on Monday
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return first, first + timedelta(weeks=1)
    if unit == "month":
        first = _months_on(today.replace(day=1), step)
        return first, _months_on(first, 1)
    if unit == "year":
        return date(today.year + step, 1, 1), date(today.year + step + 1, 1, 1)
    return None


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _within_reason(first: date, end: date) -> Span | None:
    """Calendars of zones are sound in these years, and sums of dates stay dates."""
    return (first, end) if 1800 <= first.year <= 2500 else None
