"""Keep holidays ahead of time: once a day, for every calendar that has some."""

from __future__ import annotations

from datetime import date

from firstline.core import clock, outbound
from firstline.core.jobs import job

from .actions.calendar import YEARS_AHEAD, YEARS_BACK, note_feed, take_holidays
from .engine.feed import LARGEST, read_feed
from .engine.hours import CalendarWrong
from .models import Calendar


@job()
def refresh_all() -> None:
    """One job per calendar, so that a feed that does not answer keeps no other waiting."""
    for pk in Calendar.objects.filter(is_active=True).values_list("pk", flat=True):
        refresh.enqueue(pk)


@job(max_attempts=3)
def refresh(calendar: int) -> None:
    """Read the public holidays of the coming years, and the feed."""
    found = Calendar.objects.get(pk=calendar)
    if found.country:
        take_holidays(found, by=None)
    if found.feed_url:
        _read_feed(found)


def _read_feed(calendar: Calendar) -> None:
    year = clock.now().year
    try:
        answer = outbound.send(calendar.feed_url, method="GET", largest=LARGEST)
        if not answer.is_success or answer.is_cut:
            raise CalendarWrong(f"The address answered {answer.status}" + (", too much." if answer.is_cut else "."))
        feed = read_feed(answer.content, date(year - YEARS_BACK, 1, 1), date(year + YEARS_AHEAD, 12, 31))
    except (outbound.Forbidden, outbound.TooSlow, outbound.Unreachable, CalendarWrong) as error:
        note_feed(calendar, None, error=str(error), by=None)
        return
    note_feed(calendar, feed.days, by=None)
