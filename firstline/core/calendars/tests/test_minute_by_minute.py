"""The engine against a reference that looks at every minute, around every kind of change of the clocks."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from firstline.core.calendars.engine.answering import read_hours
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.engine.working import NoWorkingTime, WorkingTime

from .minute_by_minute import MINUTE, PLACES, Reference, Written, a_calendar, start_before

DAYS = 12


def compare(written: Written, around: date, chance: random.Random, questions: int) -> int:
    """Ask both the same questions; the number of them that the days at hand could answer."""
    working = WorkingTime(read_hours(asdict(written)))
    reference = Reference(written, start_before(around), DAYS)
    answered = 0
    for _question in range(questions):
        first, last = chance.randrange(reference.number), chance.randrange(reference.number)
        at, until = reference.at(first), reference.at(last)
        assert working.between(at, until) == MINUTE * reference.between(first, last), (written, at, until)
        assert working.is_open(at) == reference.open[first], (written, at)
        if worked := abs(reference.between(first, last)):
            amount = chance.randint(1, worked)
            first, last = min(first, last), max(first, last)
            added, taken = reference.add(first, amount), reference.subtract(last, amount)
            assert working.add(reference.at(first), MINUTE * amount) == reference.at(added), (written, first, amount)
            assert working.subtract(reference.at(last), MINUTE * amount) == reference.at(taken), (written, last, amount)
            answered += 2
        answered += 2
    return answered


@pytest.mark.parametrize(("zone", "day"), PLACES)
def test_every_answer_is_that_of_the_reference_around_a_change_of_the_clocks(zone: str, day: str) -> None:
    chance = random.Random(f"{zone} {day}")

    for _calendar in range(3):
        compare(a_calendar(chance, zone, date.fromisoformat(day)), date.fromisoformat(day), chance, 40)


@pytest.mark.slow
@pytest.mark.accepts("S2.40", "S2.41")
def test_a_hundred_thousand_random_answers_are_those_of_the_reference() -> None:
    chance = random.Random(28)
    answered = 0

    while answered < 100_000:
        zone, day = chance.choice(PLACES)
        around = date.fromisoformat(day) + timedelta(days=chance.randint(-3, 3))
        answered += compare(a_calendar(chance, zone, around), around, chance, 1000)

    assert answered >= 100_000


def test_what_was_added_is_measured_again_and_taken_away_again() -> None:
    chance = random.Random(3)

    for _case in range(300):
        zone, day = chance.choice(PLACES)
        working = WorkingTime(read_hours(asdict(a_calendar(chance, zone, date.fromisoformat(day)))))
        start = datetime(chance.randrange(1990, 2060), 1, 1, tzinfo=UTC) + timedelta(
            seconds=chance.randrange(366 * 86400), microseconds=chance.randrange(10**6)
        )
        amount = timedelta(seconds=chance.randrange(1, 10**6), microseconds=chance.randrange(10**6))
        try:
            due = working.add(start, amount)
        except NoWorkingTime:
            continue

        assert working.between(start, due) == amount
        assert working.between(due, start) == -amount
        assert working.between(start, due - timedelta(microseconds=1)) < amount
        assert working.between(working.subtract(due, amount), due) == amount
        assert working.add(due, -amount) == working.subtract(due, amount)


def test_the_order_of_questions_does_not_change_an_answer() -> None:
    chance = random.Random(4)
    hours = read_hours(asdict(a_calendar(chance, "Europe/Berlin", date(2024, 3, 31))))
    moments = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(-4000, 4000)) for _ in range(60)]

    def answers(order: list[datetime]) -> dict[datetime, object]:
        working = WorkingTime(hours)
        return {at: (working.add(at, timedelta(hours=7)), working.subtract(at, timedelta(hours=7))) for at in order}

    assert answers(moments) == answers(sorted(moments)) == answers(sorted(moments, reverse=True))


def test_a_moment_without_a_zone_is_refused() -> None:
    working = WorkingTime(read_hours({"time_zone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}}))

    with pytest.raises((CalendarWrong, TypeError)):
        working.add(datetime(2024, 1, 1), timedelta(hours=1))
