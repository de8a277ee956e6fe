"""A pile that grows by more than chance, and one that does not."""

from __future__ import annotations

import random

import pytest

from firstline.insight.reports.engine.growth import judge


def test_a_week_like_the_others_is_no_alarm() -> None:
    found = judge([20] * 63, [20] * 63, 80)

    assert (found.net, found.usual, found.is_alarm) == (0, 0.0, False)


def test_a_week_in_which_nobody_solves_is_one() -> None:
    found = judge([20] * 63, [20] * 56 + [8] * 7, 164)

    assert (found.net, found.is_alarm) == (84, True)


def test_a_desk_that_always_grows_is_judged_by_its_own_growth() -> None:
    grows = judge([22] * 63, [20] * 63, 200)

    assert (grows.net, grows.usual, grows.is_alarm) == (14, 14.0, False)


def test_few_tickets_more_are_no_alarm_even_where_usually_there_are_none() -> None:
    assert not judge([1] * 63, [1] * 56 + [0] * 7, 7).is_alarm


def test_a_twentieth_of_a_large_pile_is_needed() -> None:
    assert not judge([20] * 63, [20] * 56 + [10] * 7, 5000).is_alarm


def test_before_two_weeks_have_passed_nothing_is_an_alarm() -> None:
    assert not judge([50] * 7, [0] * 7, 350).is_alarm
    assert judge([0] * 7 + [50] * 7, [0] * 14, 350).is_alarm


def test_as_many_days_on_both_sides() -> None:
    with pytest.raises(ValueError, match="As many days"):
        judge([1], [], 0)


def test_chance_alone_hardly_ever_alarms() -> None:
    chance = random.Random(7)  # the same in every run
    alarms = 0
    for _year in range(400):
        opened = [sum(chance.random() < 0.5 for _ in range(30)) for _ in range(63)]
        solved = [sum(chance.random() < 0.5 for _ in range(30)) for _ in range(63)]
        alarms += judge(opened, solved, 100).is_alarm

    assert alarms <= 20  # one in twenty
