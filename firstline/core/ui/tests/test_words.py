"""Times, numbers and names as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from firstline.core.ui import words

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=2, minutes=10), "2 h ago"),
        (timedelta(hours=30), "1 day ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(hours=-2), "in 2 h"),
    ],
)
def test_how_long_ago(span: timedelta, said: str) -> None:
    assert words.ago(NOON - span, now=NOON) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(hours=2, minutes=10), "2 h 10 min left"),
        (timedelta(hours=5, minutes=10), "5 h left"),
        (timedelta(minutes=-20), "late 20 min"),
        (timedelta(days=-2), "late 2 days"),
        (timedelta(seconds=30), "due now"),
    ],
)
def test_how_much_time_is_left(span: timedelta, said: str) -> None:
    assert words.due_in(NOON + span, now=NOON) == said


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Nowak", "AN"), ("Cher", "C"), ("Ngọc Thị Trần", "NT"), ("rosa@example.org", "RE"), ("", "?"), ("( )", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert words.initials(name) == letters


def test_the_same_name_has_the_same_hue() -> None:
    assert words.hue("Ada Nowak") == words.hue("ADA NOWAK")
    assert words.hue("Ada Nowak") in range(words.HUES)
