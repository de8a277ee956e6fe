"""The catalogue and the tests tell the same story."""

from __future__ import annotations

from .catalogue import cases, claims


def test_every_case_is_tested_or_says_what_it_waits_for() -> None:
    named = claims()

    assert [case.id for case in cases().values() if case.id not in named and not case.open] == []


def test_every_case_that_a_test_names_exists() -> None:
    assert sorted(set(claims()) - set(cases())) == []


def test_the_catalogue_is_whole() -> None:
    per_chapter = {"A": 23, "B": 20, "C": 17, "D": 21, "E": 14, "F": 8, "G": 14, "H": 13, "I": 7, "J": 6}

    assert list(cases()) == [f"{chapter}{n}" for chapter, count in per_chapter.items() for n in range(1, count + 1)]
    assert all(case.open.endswith(".") for case in cases().values() if case.open)
