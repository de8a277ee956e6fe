"""Numbers, times and names as people say them. Every function is a template filter of the same name."""

import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import ngettext

from firstline.core import clock
from firstline.core.ui.said import said as _

MINUTE, HOUR, DAY = 60, 3600, 86400
HUES = 12


def duration(span: timedelta | float) -> str:
    """Say how long, in one unit, or two where the second matters: ``2 h 10 min``, ``3 d``. Takes seconds."""
    seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
    if seconds < MINUTE:
        return _("less than a minute")
    if seconds < HOUR:
        return _("%(n)s min") % {"n": seconds // MINUTE}
    if seconds < DAY:
        hours, minutes = divmod(seconds // MINUTE, 60)
        if hours < 3 and minutes:
            return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
        return _("%(n)s h") % {"n": hours}
    days = seconds // DAY
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def ago(instant: datetime, now: datetime | None = None) -> str:
    """Say how long since (or until) an instant; beyond a month, the date."""
    seconds = ((now or clock.now()) - instant).total_seconds()
    if abs(seconds) < MINUTE:
        return _("just now")
    if abs(seconds) > 30 * DAY:
        return short_date(instant)
    words = duration(_largest_unit(abs(seconds)))
    return _("%(time)s ago") % {"time": words} if seconds > 0 else _("in %(time)s") % {"time": words}


def due_in(due: datetime, now: datetime | None = None) -> str:
    """Say how much time is left, or how late it is: ``2 h left``, ``late 20 min``."""
    seconds = (due - (now or clock.now())).total_seconds()
    if abs(seconds) < MINUTE:
        return _("due now")
    words = duration(abs(seconds))
    return _("%(time)s left") % {"time": words} if seconds > 0 else _("late %(time)s") % {"time": words}


def is_past(instant: datetime) -> bool:
    """Say whether an instant is over."""
    return instant <= clock.now()


def is_soon(instant: datetime) -> bool:
    """Say whether an instant comes within the next hour."""
    return clock.now() <= instant < clock.now() + timedelta(hours=1)


def exact_time(instant: datetime) -> str:
    """Say the full date and time with its zone, in the reader's zone and language."""
    local = timezone.localtime(instant)
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def due_moment(instant: datetime) -> str:
    """Say when, as one says it of something near: ``today 16:40``, ``tomorrow 09:00``, else the day and the time."""
    local, today = timezone.localtime(instant), timezone.localtime(clock.now()).date()
    time = formats.time_format(local, "TIME_FORMAT")
    if local.date() == today:
        return _("today %(time)s") % {"time": time}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": time}
    return f"{short_date(instant)} {time}"


def machine_time(instant: datetime, *, short: bool = False) -> str:
    """Say an instant to programs, to the second: ``2026-11-20T14:05:00Z``; short: to the minute."""
    return f"{instant.astimezone(UTC).isoformat()[: 16 if short else 19]}Z"


def steady_until(instant: datetime, now: datetime) -> datetime:
    """Until when `ago`, `due_in` and `is_past` say the same of an instant; at most for an hour."""
    seconds = (now - instant).total_seconds()
    unit = MINUTE if abs(seconds) < 3 * HOUR else HOUR if abs(seconds) < DAY else DAY
    left = unit - seconds % unit if seconds >= 0 else -seconds % unit
    return now + timedelta(seconds=min(left, HOUR))


def short_date(instant: datetime) -> str:
    """Say the day; with the year only when it is not this one."""
    local = timezone.localtime(instant)
    same_year = local.year == timezone.localtime(clock.now()).year
    return formats.date_format(local, "MONTH_DAY_FORMAT" if same_year else "DATE_FORMAT")


def number(value: float, decimals: int | None = None) -> str:
    """Write a number with the reader's separators, rounded to so many decimals."""
    if decimals is not None:
        value = round(value, decimals)  # Django would cut the rest off
    return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@lru_cache(maxsize=8192)
def initials(name: str) -> str:
    """Return one or two letters for an avatar; the first and the last word count."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"


@lru_cache(maxsize=8192)
def hue(name: str) -> int:
    """Return the same one of twelve hues for the same name, everywhere and always."""
    return zlib.crc32(name.casefold().encode()) % HUES


def _largest_unit(seconds: float) -> float:
    """Round down to whole hours or days: nobody says "5 h 12 min ago"."""
    unit = DAY if seconds >= DAY else HOUR if seconds >= HOUR else 1
    return seconds // unit * unit
