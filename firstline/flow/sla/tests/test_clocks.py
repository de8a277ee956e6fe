"""The arithmetic of clocks: what counts, what stands still, and that nothing is ever lost."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from firstline.core.calendars.engine.answering import read_hours
from firstline.core.calendars.engine.hours import Hours, round_the_clock, spans
from firstline.core.calendars.engine.working import WorkingTime, working_time
from firstline.core.calendars.tests.minute_by_minute import MINUTE, PLACES, Reference, a_calendar, start_before
from firstline.flow.sla.engine.clocks import Measure, Promise, Round, State, rounds
from firstline.flow.sla.engine.history import Fact, What

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = working_time(round_the_clock())
OFFICE = working_time(Hours("UTC", (spans([["09:00", "17:00"]]),) * 5 + ((), ())))


def at(hours: float) -> datetime:
    return MONDAY + HOUR * hours


def opened(hours: float = 0) -> Fact:
    return Fact(at(hours), What.OPENED)


def state(hours: float, name: str, status: int | None = None) -> Fact:
    return Fact(at(hours), What.STATE, name, status)


def promise(measure: Measure, hours: float, **more: object) -> Promise:
    return replace(Promise(measure, HOUR * hours, ALWAYS), **more)  # type: ignore[arg-type]


def last(facts: list[Fact], made: Promise) -> Round:
    return rounds(facts, made)[-1]


def test_a_clock_runs_from_the_opening_to_the_first_answer() -> None:
    first = promise(Measure.FIRST_RESPONSE, 4)

    waiting = last([opened()], first)
    answered = last([opened(), Fact(at(3), What.ANSWERED), Fact(at(9), What.ANSWERED)], first)

    assert (waiting.state, waiting.due, waiting.left(at(1))) == (State.RUNNING, at(4), HOUR * 3)
    assert (answered.state, answered.counted, answered.is_late(at(99))) == (State.MET, HOUR * 3, False)
    assert last([opened(), Fact(at(5), What.ANSWERED)], first).is_late(at(5))


def test_a_clock_stands_still_while_the_ticket_waits_and_its_deadline_moves() -> None:
    solution = promise(Measure.RESOLUTION, 8)
    facts = [opened(), state(2, "waiting"), state(10, "open")]

    paused = last(facts[:2], solution)

    assert (paused.state, paused.due, paused.left(at(9))) == (State.PAUSED, None, HOUR * 6)
    assert last(facts, solution).due == at(16)
    assert last(facts, promise(Measure.RESOLUTION, 8, pauses=False)).due == at(8)


def test_a_status_may_be_named_in_which_the_clock_runs_on() -> None:
    facts = [opened(), state(2, "waiting", status=7)]

    assert last(facts, promise(Measure.RESOLUTION, 8, runs_on=frozenset({7}))).due == at(8)
    assert last(facts, promise(Measure.RESOLUTION, 8, runs_on=frozenset({6}))).due is None


def test_a_changed_priority_moves_the_deadline_and_loses_no_pause() -> None:
    facts = [opened(), state(1, "waiting"), state(100, "open")]

    before = last(facts, promise(Measure.RESOLUTION, 8))
    after = last(facts, promise(Measure.RESOLUTION, 2))

    assert (before.due, after.due) == (at(107), at(101))
    assert before.counted == after.counted == HOUR


def test_a_reopened_ticket_goes_on_with_the_time_it_had_used() -> None:
    solution = promise(Measure.RESOLUTION, 8)
    facts = [opened(), state(6, "resolved"), state(7, "closed"), state(48, "open")]

    solved = last(facts[:3], solution)
    reopened = last(facts, solution)

    assert (solved.state, solved.counted, solved.end) == (State.MET, HOUR * 6, at(6))
    assert (reopened.state, reopened.left(at(49)), reopened.due) == (State.RUNNING, HOUR, at(50))


def test_an_answer_that_was_not_needed_is_stopped_not_late() -> None:
    first = promise(Measure.FIRST_RESPONSE, 1)

    solved = last([opened(), state(0.5, "resolved")], first)

    assert (solved.state, solved.due, solved.is_late(at(100))) == (State.STOPPED, None, False)


def test_every_question_has_a_clock_of_its_own_that_begins_with_the_first_unanswered_message() -> None:
    facts = [
        opened(), Fact(at(0), What.ASKED), Fact(at(1), What.ANSWERED), Fact(at(3), What.ASKED), Fact(at(4), What.ASKED),
        Fact(at(6), What.ANSWERED), Fact(at(7), What.ANSWERED), Fact(at(8), What.ASKED),
    ]  # fmt: skip

    ours = rounds(facts, promise(Measure.NEXT_RESPONSE, 2))
    theirs = rounds(facts, promise(Measure.NEXT_RESPONSE, 2, from_the_beginning=True))

    assert [(one.start, one.counted, one.state) for one in ours] == [
        (at(3), HOUR * 3, State.MET), (at(8), HOUR * 0, State.RUNNING),
    ]  # fmt: skip
    assert [one.start for one in theirs] == [at(0), at(3), at(8)]
    assert [one.is_late(at(9)) for one in ours] == [True, False]


def test_news_is_due_again_after_each_piece_of_news_and_not_before_the_first_answer() -> None:
    news = promise(Measure.UPDATE, 2)
    facts = [opened(), Fact(at(1), What.ANSWERED), Fact(at(2), What.ASKED), Fact(at(2.5), What.ANSWERED)]

    assert rounds(facts[:1], news) == []
    assert [(one.start, one.due) for one in rounds(facts, news)] == [(at(1), None), (at(2.5), at(4.5))]
    assert last([*facts, state(3, "resolved")], news).state is State.STOPPED


def test_shares_of_the_promise_are_moments_on_the_calendar() -> None:
    solution = replace(promise(Measure.RESOLUTION, 8), working=OFFICE)
    one = last([opened(6)], solution)  # Monday 15:00, two hours before the office closes

    assert one.due == at(24 + 6)
    assert one.moment_of(0.25) == at(8)
    assert one.moment_of(0.5) == at(24 + 2)
    assert last([opened(6), state(7, "waiting")], solution).moment_of(0.5) is None


def test_a_ticket_that_was_late_before_it_waited_stays_late() -> None:
    solution = promise(Measure.RESOLUTION, 2)
    one = last([opened(), state(3, "waiting")], solution)

    assert (one.due, one.is_late(at(3)), one.left(at(10))) == (at(2), True, -HOUR)


@pytest.mark.parametrize(("zone", "day"), PLACES[:8])
def test_what_a_clock_counts_is_what_a_look_at_every_minute_counts(zone: str, day: str) -> None:
    chance = random.Random(f"{zone}{day} clocks")
    written = a_calendar(chance, zone, date.fromisoformat(day))
    reference = Reference(written, start_before(date.fromisoformat(day)), 12)
    working = WorkingTime(read_hours(asdict(written)))
    for _case in range(25):
        minutes = sorted(chance.sample(range(reference.number - 1), 8))
        states = [chance.choice(["open", "waiting", "resolved"]) for _minute in minutes[1:]]
        facts = [Fact(reference.at(minutes[0]), What.OPENED)] + [
            Fact(reference.at(minute), What.STATE, name) for minute, name in zip(minutes[1:], states, strict=True)
        ]
        chance.shuffle(facts)

        one = last(facts, Promise(Measure.FIRST_RESPONSE, MINUTE * chance.randint(1, 3000), working))

        stood = zip(minutes, ["new", *states], [*minutes[1:], minutes[-1]], strict=True)
        counted = sum(reference.between(start, end) for start, name, end in stood if name in {"new", "open"})
        assert one.counted == MINUTE * counted
