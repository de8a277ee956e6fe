"""Feeds of calendars that were written to do harm (TRUST G14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from firstline.core.calendars.actions.calendar import note_feed, save_calendar
from firstline.core.calendars.engine import feed as reading
from firstline.core.calendars.engine.feed import read_feed
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.models import Calendar
from tests.abuse.oracles import budget

from .test_holidays import days, event, feed

pytestmark = pytest.mark.abuse("G14")
WORDS = '"><img src=x onerror=alert(1)>{{7*7}}=1+1'
GOOD = event("UID:good", "SUMMARY:Good", "DTSTART;VALUE=DATE:20240501")


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=DAILY;INTERVAL=0"],  # it never came to its next day; found in 2026
        ["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=DAILY;INTERVAL=-1"],
        ["DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=DAILY"],
        ["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3"],
        ["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=SECONDLY"],
        ["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=YEARLY;BYMONTHDAY=99999999999999999999"],
        ["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ={{7*7}}"],
        ["DTSTART;VALUE=DATE:99990101", "DURATION:P99999999999D"],
        ["DTSTART;VALUE=DATE:00000000"],
        ["DTSTART:"],
        ["RRULE:FREQ=DAILY"],
    ],
)
def test_an_event_that_repeats_for_ever_or_never_begins_costs_only_itself(lines: list[str]) -> None:
    with budget(cpu=2.0):
        found = days(feed(*event("UID:bad", "SUMMARY:Bad", *lines), *GOOD))

    assert found == {"2024-05-01": "Good"}


def test_rules_that_fit_no_day_are_given_up_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_READING", 0.5)
    never = [event(f"UID:{n}", "DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
             for n in range(100)]  # fmt: skip
    text = feed(*(line for lines in never for line in lines))

    with budget(cpu=5.0), pytest.raises(CalendarWrong, match="too long"):
        read_feed(text, date(2024, 1, 1), date(2025, 12, 31))


def test_thousands_of_days_or_of_nested_events_are_read_in_time_or_refused_in_words() -> None:
    dates = ",".join(f"{2024 + n % 2}{1 + n % 12:02}{1 + n % 28:02}" for n in range(20_000))

    with budget(cpu=8.0):
        named = days(feed(*event("UID:1", "SUMMARY:x", "DTSTART;VALUE=DATE:20240101", f"RDATE;VALUE=DATE:{dates}")))
        with pytest.raises(CalendarWrong):
            days(feed(*["BEGIN:VEVENT"] * 2_000))

    assert len(named) == 84


@pytest.mark.django_db
def test_hostile_names_of_days_are_words_on_the_page(client: Client, bea: Any) -> None:
    calendar = save_calendar(Calendar(name="Office", zone="UTC", week={"mon": [["09:00", "17:00"]]}), by=None)
    words = WORDS.replace(",", "\\,")
    text = feed(*event("UID:1", f"SUMMARY:{words}\\nSecond\u202eline", "DTSTART;VALUE=DATE:20310501"))
    found = read_feed(text, date(2031, 1, 1), date(2031, 12, 31))
    note_feed(calendar, found.days, by=None)
    client.force_login(bea)

    page = client.get(reverse("calendars:calendar", args=[calendar.pk])).content.decode()

    assert "&lt;img src=x" in page
    assert "<img src=x" not in page
    assert "{{7*7}}" in page
