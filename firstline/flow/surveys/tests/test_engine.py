"""What few answers can tell, and what places in a mail are filled with."""

from __future__ import annotations

import pytest

from firstline.flow.surveys.engine.letters import Letter, as_text, fill, unknown_places
from firstline.flow.surveys.engine.shares import Share, differ


@pytest.mark.parametrize(
    ("good", "count", "low", "high"),
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.0, 16.11), (1, 29, 0.61, 17.18)],
)
def test_the_interval_is_wilsons(good: int, count: int, low: float, high: float) -> None:
    interval = Share(good, count).interval

    assert interval is not None
    assert [round(end, 2) for end in interval] == [low, high]


def test_nobody_has_answered() -> None:
    nothing = Share(0, 0)

    assert (nothing.percent, nothing.interval, nothing.is_thin, nothing.is_clearly_below(85)) == (
        None,
        None,
        True,
        False,
    )
    assert not differ(nothing, Share(5, 10))


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ((1, 7), (19, 21), True),  # Fisher: p = 0.0005
        ((3, 10), (15, 15), True),  # p = 0.0003
        ((5, 10), (15, 20), False),  # p = 0.23
        ((0, 4), (20, 20), False),  # four are too few to say anything about
        ((2000, 2500), (2200, 2500), True),
        ((2000, 2500), (2010, 2500), False),
    ],
)
def test_differences_count_when_they_are_more_than_chance(
    one: tuple[int, int], other: tuple[int, int], differs: bool
) -> None:
    assert differ(Share(*one), Share(*other)) is differs
    assert differ(Share(*other), Share(*one)) is differs


def test_places_are_filled_once_and_nothing_is_run() -> None:
    filled = fill(
        "{{ name }}: {{subject}} {{unknown}} {name} {{name.__class__}}", {"name": "{{subject}}", "subject": "x"}
    )

    assert filled == "{{subject}}: x {{unknown}} {name} {{name.__class__}}"
    assert unknown_places("{{name}} {{nmae}} {{ closes }}") == ["nmae"]


def test_a_letter_as_text_has_its_links_below_their_words() -> None:
    letter = Letter("Solved", "Is it?", (("Yes", "https://a"), ("No", "https://b")), "It closes.")

    assert as_text(letter) == "Is it?\n\nYes:\nhttps://a\n\nNo:\nhttps://b\n\nIt closes."
