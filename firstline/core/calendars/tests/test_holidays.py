"""Holidays of countries, and from feeds as other programs write them."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from firstline.core.calendars.engine.feed import read_feed
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.engine.public import countries, public_holidays, regions

ROOT = Path(__file__).resolve().parents[4]
FEEDS = Path(os.environ.get("FIRSTLINE_SHARED", ROOT / "../shared")) / "data/04_sla_business_hours"


def feed(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *lines, "END:VCALENDAR", ""])


def event(*lines: str) -> list[str]:
    return ["BEGIN:VEVENT", "DTSTAMP:20240101T000000Z", *lines, "END:VEVENT"]


def days(text: str | bytes, first: str = "2024-01-01", last: str = "2025-12-31") -> dict[str, str]:
    found = read_feed(text, date.fromisoformat(first), date.fromisoformat(last)).days
    return {day.isoformat(): name for day, name in found.items()}


def test_regions_have_holidays_of_their_own_in_their_own_words() -> None:
    bavaria = public_holidays("DE", "BY", [2026], language="de")
    berlin = public_holidays("DE", "BE", [2026], language="de")

    assert bavaria[date(2026, 1, 6)] == "Heilige Drei Könige"
    assert date(2026, 1, 6) not in berlin
    assert public_holidays("DE", "", [2026], language="en")[date(2026, 12, 25)] == "Christmas Day"
    assert "Tết" in public_holidays("VN", "", [2026], language="vi")[date(2026, 2, 17)]
    assert {"DE", "US", "VN"} <= set(countries())
    assert "BY" in regions("DE")


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("DE", "XX"), ("", "")])
def test_a_country_or_region_that_is_not_known_is_refused_in_words(country: str, region: str) -> None:
    with pytest.raises(CalendarWrong, match=r"No holidays are known|is not a region of"):
        public_holidays(country, region, [2026])


def test_yearly_and_monthly_days_repeat() -> None:
    text = feed(
        *event("UID:1", "SUMMARY:Christmas", "DTSTART;VALUE=DATE:20121224", "DTEND;VALUE=DATE:20121225",
               "RRULE:FREQ=YEARLY;INTERVAL=1"),
        *event("UID:2", "SUMMARY:Stock-taking", "DTSTART;VALUE=DATE:20240131", "RRULE:FREQ=MONTHLY;COUNT=3"),
    )  # fmt: skip

    assert days(text) == {
        "2024-01-31": "Stock-taking", "2024-03-31": "Stock-taking", "2024-05-31": "Stock-taking",
        "2024-12-24": "Christmas", "2025-12-24": "Christmas",
    }  # fmt: skip


def test_exceptions_moved_days_and_cancelled_events_are_respected() -> None:
    text = feed(
        *event("UID:1", "SUMMARY:Day", "DTSTART;VALUE=DATE:20240601", "RRULE:FREQ=DAILY;UNTIL=20240604T235959Z",
               "EXDATE;VALUE=DATE:20240602", "RDATE;VALUE=DATE:20240610"),
        *event("UID:1", "SUMMARY:Moved", "DTSTART;VALUE=DATE:20240708", "RECURRENCE-ID;VALUE=DATE:20240603"),
        *event("UID:2", "SUMMARY:Not at all", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20240801"),
    )  # fmt: skip

    assert days(text) == {"2024-06-01": "Day", "2024-06-04": "Day", "2024-06-10": "Day", "2024-07-08": "Moved"}


def test_long_events_close_each_day_and_events_with_times_close_none() -> None:
    text = feed(
        *event("UID:1", "SUMMARY:Shutdown", "DTSTART;VALUE=DATE:20231230", "DTEND;VALUE=DATE:20240103"),
        *event("UID:2", "SUMMARY:Two days", "DTSTART;VALUE=DATE:20240301", "DURATION:P2D"),
        *event("UID:3", "SUMMARY:Wrong way round", "DTSTART;VALUE=DATE:20240401", "DTEND;VALUE=DATE:20120101"),
        *event("UID:4", "SUMMARY:A meeting", "DTSTART:20240501T090000Z", "DTEND:20240501T100000Z"),
    )

    assert sorted(days(text)) == ["2024-01-01", "2024-01-02", "2024-03-01", "2024-03-02", "2024-04-01"]


def test_a_broken_event_costs_only_itself() -> None:
    text = feed(
        *event("UID:1", "SUMMARY:Whole", "DTSTART;VALUE=DATE:20240501"),
        *event("UID:2", "SUMMARY:No day"),
        *event("UID:3", "SUMMARY:Every second", "DTSTART;VALUE=DATE:20240601", "RRULE:FREQ=SECONDLY"),
    )

    found = read_feed(text, date(2024, 1, 1), date(2024, 12, 31))

    assert (found.days, found.unread) == ({date(2024, 5, 1): "Whole"}, 2)


@pytest.mark.parametrize("text", ["", "<html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(CalendarWrong, match="not an iCalendar file"):
        read_feed(text, date(2024, 1, 1), date(2024, 12, 31))


def test_a_feed_that_closes_everything_is_refused() -> None:
    text = feed(*event("UID:1", "DTSTART;VALUE=DATE:20000101", "RRULE:FREQ=DAILY"))

    with pytest.raises(CalendarWrong, match="more than 5000 days"):
        read_feed(text, date(2000, 1, 1), date(2030, 1, 1))


def test_feeds_of_another_help_desk_are_read() -> None:
    if not FEEDS.exists():
        pytest.skip("The recorded feeds are not here: they are not part of the repository.")

    one = days((FEEDS / "zammad_calendar1.ics").read_bytes())
    three = days((FEEDS / "zammad_calendar3.ics").read_bytes(), "2016-01-01", "2017-12-31")

    assert one == {"2024-12-24": "Christmas1", "2025-12-24": "Christmas1"}
    assert [day for day, name in three.items() if name == "day3"] == [
        "2016-12-26", "2017-01-26", "2017-02-26", "2017-03-26", "2017-04-26",
    ]  # fmt: skip
    assert [day for day, name in three.items() if name == "Christmas1"] == ["2016-12-24", "2017-12-24"]
