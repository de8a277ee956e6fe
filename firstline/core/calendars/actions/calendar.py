from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.calendars.engine.hours import WEEKDAYS, CalendarWrong, spans
from firstline.core.calendars.engine.public import public_holidays
from firstline.core.calendars.events import CalendarChanged
from firstline.core.calendars.models import Calendar, Day
from firstline.core.events.record import record
from firstline.core.preferences.house import LANGUAGE

YEARS_AHEAD = 3
YEARS_BACK = 2  # tickets that are still open may have begun then


@action("calendar.save", permission="calendar.edit")
def save_calendar(calendar: Calendar, *, by: Any) -> Calendar:
    """Add a calendar, or change its hours, time zone and holidays."""
    calendar.name = " ".join(calendar.name.split())
    if not calendar.name:
        raise Refused(_("A calendar needs a name."))
    if Calendar.objects.filter(name=calendar.name).exclude(pk=calendar.pk).exists():
        raise Refused(_("There is a calendar called “%(name)s” already.") % {"name": calendar.name})
    before = Calendar.objects.filter(pk=calendar.pk).first() if calendar.pk else None
    try:
        hours = calendar.week_hours()
    except CalendarWrong as error:
        raise Refused(str(error)) from None
    if not any(hours.week):
        raise Refused(_("Give at least one day hours: a calendar that is always closed lets no clock run."))
    calendar.region = calendar.region.strip() if calendar.country else ""
    calendar.version = _next_version()
    calendar.save()
    if before is None or (before.country, before.region) != (calendar.country, calendar.region):
        _take_public_holidays(calendar)
    record(calendar, CalendarChanged, by=by, name=calendar.name, what="saved")
    return calendar


@action("calendar.save_day", permission="calendar.edit")
def save_day(calendar: Calendar, day: date, *, name: str = "", hours: list[list[str]] | None = None, by: Any) -> Day:
    """Close a calendar on one day, or give the day other hours."""
    kept = Day.objects.filter(calendar=calendar, day=day, source=Day.Source.OWN).first()
    kept = kept or Day(calendar=calendar, day=day, source=Day.Source.OWN)
    kept.name, kept.hours = " ".join(name.split())[:160], hours or []
    try:
        spans(kept.hours)
    except CalendarWrong as error:
        raise Refused(str(error)) from None
    kept.save()
    _changed(calendar)
    record(calendar, CalendarChanged, by=by, name=calendar.name, what="day", day=day.isoformat())
    return kept


@action("calendar.remove_day", permission="calendar.edit")
def remove_day(calendar: Calendar, day: Day, *, by: Any) -> None:
    """Let a day be like any other again. A public holiday becomes a day with the usual hours."""
    if day.source == Day.Source.OWN:
        day.delete()
    else:
        usual = calendar.week.get(WEEKDAYS[day.day.weekday()], [])
        if not usual:
            raise Refused(_("This weekday has no hours, so the calendar is closed then anyway."))
        Day.objects.update_or_create(
            calendar=calendar, day=day.day, source=Day.Source.OWN, defaults={"name": day.name, "hours": usual}
        )
    _changed(calendar)
    record(calendar, CalendarChanged, by=by, name=calendar.name, what="day removed", day=day.day.isoformat())


@action("calendar.take_holidays", permission="calendar.edit")
def take_holidays(calendar: Calendar, *, by: Any) -> int:
    """Read the public holidays of the coming years; returns how many days are new."""
    new = _take_public_holidays(calendar)
    if new:
        _changed(calendar)
        record(calendar, CalendarChanged, by=by, name=calendar.name, what="holidays", count=new)
    return new


@action("calendar.note_feed", permission="calendar.edit")
def note_feed(calendar: Calendar, days: dict[date, str] | None, *, error: str = "", by: Any) -> int:
    """Keep what was read from the calendar's feed; with an error its old days stay."""
    Calendar.objects.filter(pk=calendar.pk).update(feed_read_at=clock.now(), feed_error=error[:300])
    if days is None:
        return 0
    first = date(clock.now().year - YEARS_BACK, 1, 1)
    new = _replace(calendar, Day.Source.FEED, days, since=first)
    if new:
        _changed(calendar)
        record(calendar, CalendarChanged, by=by, name=calendar.name, what="holidays", count=new)
    return new


def _take_public_holidays(calendar: Calendar) -> int:
    this_year = clock.now().year
    years = range(this_year - YEARS_BACK, this_year + YEARS_AHEAD + 1)
    days: dict[date, str] = {}
    if calendar.country:
        try:
            days = public_holidays(calendar.country, calendar.region, years, language=LANGUAGE.get())
        except CalendarWrong as error:
            raise Refused(str(error)) from None
    return _replace(calendar, Day.Source.PUBLIC, days, since=date(years[0], 1, 1))


def _replace(calendar: Calendar, source: str, days: dict[date, str], *, since: date) -> int:
    """Let exactly these days be there from `since` on. How many changed."""
    kept = dict(Day.objects.filter(calendar=calendar, source=source, day__gte=since).values_list("day", "name"))
    wanted = {day: name[:160] for day, name in days.items() if day >= since}
    gone, new = kept.keys() - wanted.keys(), {day for day, name in wanted.items() if kept.get(day) != name}
    _delete(calendar, source, [*gone, *(new & kept.keys())])
    Day.objects.bulk_create(Day(calendar=calendar, day=day, name=wanted[day], source=source) for day in sorted(new))
    return len(gone) + len(new)


def _delete(calendar: Calendar, source: str, days: Iterable[date]) -> None:
    Day.objects.filter(calendar=calendar, source=source, day__in=list(days)).delete()


def _changed(calendar: Calendar) -> None:
    calendar.version = _next_version()
    Calendar.objects.filter(pk=calendar.pk).update(version=calendar.version)


def _next_version() -> int:
    highest = Calendar.objects.aggregate(highest=Max("version"))["highest"] or 0
    return max(int(highest) + 1, time.time_ns() // 1000)
