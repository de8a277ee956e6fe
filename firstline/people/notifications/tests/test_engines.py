from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from firstline.people.notifications.engine.rhythm import Quiet, after_quiet, next_digest
from firstline.people.notifications.engine.words import fill, unknown

BERLIN, SAIGON = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = Quiet(time(22), time(7))


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_what_comes_at_night_waits_for_the_morning_where_the_reader_is() -> None:
    assert after_quiet(at("2027-03-01T23:00"), NIGHT, BERLIN) == at("2027-03-02T07:00")
    assert after_quiet(at("2027-03-02T06:59"), NIGHT, BERLIN) == at("2027-03-02T07:00")
    assert after_quiet(at("2027-03-02T07:00"), NIGHT, BERLIN) == at("2027-03-02T07:00")
    assert after_quiet(at("2027-03-01T18:00"), NIGHT, SAIGON) == at("2027-03-02T07:00", SAIGON)


def test_the_night_of_the_clock_change_ends_at_seven_all_the_same() -> None:
    assert after_quiet(at("2027-03-27T23:00"), NIGHT, BERLIN) == datetime(2027, 3, 28, 5, tzinfo=UTC)
    assert after_quiet(at("2027-10-30T23:00"), NIGHT, BERLIN) == datetime(2027, 10, 31, 6, tzinfo=UTC)


def test_a_quiet_weekend_ends_on_monday_morning() -> None:
    assert after_quiet(at("2027-03-05T23:00"), Quiet(time(22), time(7), weekends=True), BERLIN) == at(
        "2027-03-08T07:00"
    )
    assert after_quiet(at("2027-03-06T12:00"), Quiet(weekends=True), BERLIN) == at("2027-03-08T00:00")


def test_without_quiet_hours_nothing_waits() -> None:
    for quiet in (Quiet(), Quiet(time(8), time(8)), Quiet(time(8), None)):
        assert after_quiet(at("2027-03-01T23:00"), quiet, BERLIN) == at("2027-03-01T23:00")


def test_digests_go_at_full_hours_or_once_a_day() -> None:
    assert next_digest(at("2027-03-01T23:10"), BERLIN, daily_at=None) == at("2027-03-02T00:00")
    assert next_digest(at("2027-03-01T07:59"), BERLIN, daily_at=time(8)) == at("2027-03-01T08:00")
    assert next_digest(at("2027-03-01T08:00"), BERLIN, daily_at=time(8)) == at("2027-03-02T08:00")


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    hostile = "{actor} {{7*7}} {% include %} {person.__class__}"

    assert fill("#{number}: {subject} {gap}", {"number": "7", "subject": hostile, "actor": "Ada"}) == f"#7: {hostile} —"


def test_unknown_placeholders_are_named_with_what_was_probably_meant() -> None:
    assert unknown("{subjekt} {number} {zzzzz}", {"subject", "number"}) == {"subjekt": "subject", "zzzzz": ""}
