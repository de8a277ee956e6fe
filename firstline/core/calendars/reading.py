"""Calendars ready to compute with: read once, kept as long as nobody changes a calendar."""

from __future__ import annotations

import threading

from .engine.hours import CalendarWrong, round_the_clock
from .engine.working import WorkingTime, working_time
from .models import Calendar

_kept: dict[tuple[int, int], WorkingTime] = {}
_lock = threading.Lock()
MOST = 500


def always() -> WorkingTime:
    """Round the clock."""
    return working_time(round_the_clock())


def house_time(calendar: Calendar | None = None) -> WorkingTime:
    """The hours of a calendar, by default of the first in use; round the clock where there is none that has any."""
    calendar = calendar or Calendar.objects.filter(is_active=True).order_by("pk").first()
    if calendar is None:
        return always()
    try:
        return working_times([calendar]).get(calendar.pk) or always()
    except CalendarWrong:
        return always()


def working_times(calendars: list[Calendar]) -> dict[int, WorkingTime]:
    """By id. A calendar whose version is known costs nothing; the days of the others are read together."""
    unknown = [calendar for calendar in calendars if (calendar.pk, calendar.version) not in _kept]
    if unknown:
        fresh = Calendar.objects.prefetch_related("days").filter(pk__in=[each.pk for each in unknown])
        made = {(each.pk, each.version): working_time(each.hours()) for each in fresh}
        with _lock:
            if len(_kept) > MOST:
                _kept.clear()
            _kept.update(made)
    return {each.pk: _kept[each.pk, each.version] for each in calendars if (each.pk, each.version) in _kept}
