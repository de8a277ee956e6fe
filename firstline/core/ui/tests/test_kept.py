"""Pieces that are drawn once."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import jinja2
import pytest
from django.utils import timezone, translation

from firstline.core import clock
from firstline.core.ui.environment import environment
from firstline.core.ui.kept import LONGEST
from firstline.core.ui.row import Row
from firstline.core.ui.words import steady_until

TEMPLATES = {
    "menu.html": "<p>{{ name }}: {{ _('Queue') }}</p><form>{{ csrf }}</form>",
    "nosy.html": "{{ request }}",
    "drawn.html": "{% set _done = drawn.append(1) %}{{ name }}",
}


@pytest.fixture
def env() -> jinja2.Environment:
    made = environment(auto_reload=False)
    made.loader = jinja2.DictLoader(TEMPLATES)
    return made


def test_what_people_are_called_is_escaped_and_the_token_is_always_the_pages_own(env: jinja2.Environment) -> None:
    kept = env.globals["kept"]

    one, two = (kept("menu.html", name="<b>", csrf=token) for token in ("first", "second"))  # type: ignore[operator]

    assert one == "<p>&lt;b&gt;: Queue</p><form>first</form>"
    assert two == "<p>&lt;b&gt;: Queue</p><form>second</form>"


def test_each_language_and_each_name_has_its_own(env: jinja2.Environment) -> None:
    kept = env.globals["kept"]
    said = []
    for language in ("en", "vi", "en"):
        with translation.override(language):
            said += [kept("menu.html", name=name) for name in ("Ada", "Lin")]  # type: ignore[operator]

    assert said[:2] == said[4:]
    assert len(set(said)) == 4


def test_a_piece_sees_only_what_it_is_given(env: jinja2.Environment) -> None:
    with pytest.raises(jinja2.UndefinedError):
        env.globals["kept"]("nosy.html", name="Ada")  # type: ignore[operator]


def test_a_piece_with_the_same_names_is_drawn_once(env: jinja2.Environment) -> None:
    drawn: list[int] = []
    env.globals["drawn"] = drawn

    for _time in range(3):
        env.globals["kept"]("drawn.html", name="Ada", items=[{"label": "x"}])  # type: ignore[operator]
    env.globals["kept"]("drawn.html", name="Ada", items=[{"label": "y"}])  # type: ignore[operator]

    assert len(drawn) == 2


def test_a_number_and_a_name_are_put_into_a_piece_that_is_drawn_once(env: jinja2.Environment) -> None:
    drawn: list[int] = []
    env.globals["drawn"] = drawn
    text = "{% set _done = drawn.append(1) %}/tickets/{{ number }}: {{ to }}{{ csrf }}"
    env.loader = jinja2.DictLoader({"hole.html": text})
    kept: Any = env.globals["kept"]

    texts = [
        kept("hole.html", csrf=f"t{number}", holes={"number": number, "to": to})
        for number, to in ((7, "Nora"), (12, "<Ada>"))
    ]

    assert texts == ["/tickets/7: Norat7", "/tickets/12: &lt;Ada&gt;t12"]
    assert len(drawn) == 1


def test_what_is_too_long_is_drawn_each_time(env: jinja2.Environment) -> None:
    drawn: list[int] = []
    env.globals["drawn"] = drawn

    for _time in range(2):
        env.globals["kept"]("drawn.html", name="x" * (LONGEST + 1))  # type: ignore[operator]

    assert len(drawn) == 2


@pytest.fixture
def rows_env() -> jinja2.Environment:
    return environment(auto_reload=False)


def _row(number: int, **facts: Any) -> Row:
    return Row(number, f"/tickets/{number}", f"#{number}", f"Ticket <{number}>", "open", **facts)


def test_rows_come_in_their_order_whichever_of_them_were_kept(rows_env: jinja2.Environment) -> None:
    each: Any = rows_env.globals["kept_each"]
    draw = partial(each, "ui/rows.html")
    draw([_row(2)], select=False, id=None)

    text = draw([_row(3), _row(2), _row(1)], select=False, id="row")

    assert text.index("&lt;3&gt;") < text.index("&lt;2&gt;") < text.index("&lt;1&gt;")
    assert text.count("<li") == 3
    assert "\0" not in text


@pytest.mark.parametrize(
    "seconds",
    [-90_000, -10_801, -10_799, -3_600, -121, -61, -60, -59, 0, 1, 59, 60, 119, 3_600, 10_799, 86_399, 200_000],
)
def test_a_kept_row_says_at_every_moment_what_a_new_one_would(rows_env: jinja2.Environment, seconds: int) -> None:
    """`seconds`: how long ago its time is. Looked at as its words change, and a second before and after."""
    each: Any = rows_env.globals["kept_each"]
    draw = partial(each, "ui/rows.html")
    begin = datetime(2026, 3, 2, 9, 30, 7, 250_000, tzinfo=UTC)
    time = begin - timedelta(seconds=seconds)
    row = _row(7, due=time, since=time)
    now = begin
    for _change in range(4):
        now = steady_until(time, now)
        for moment in (now - timedelta(seconds=1), now - timedelta(microseconds=1), now, now + timedelta(seconds=1)):
            with clock.set_to(moment):
                kept = draw([row], select=False, id=None)
                new: Any = environment(auto_reload=True).globals["kept_each"]
                fresh = new("ui/rows.html", [row], select=False, id=None)
            assert kept == fresh, moment


def test_a_row_is_another_in_another_language_or_zone(rows_env: jinja2.Environment) -> None:
    each: Any = rows_env.globals["kept_each"]
    draw = partial(each, "ui/rows.html")
    row = _row(8, since=datetime(2026, 1, 1, 23, 30, tzinfo=UTC))
    with clock.set_to(datetime(2026, 11, 1, tzinfo=UTC)):
        english = draw([row], select=False, id=None)
        with translation.override("vi"):
            vietnamese = draw([row], select=False, id=None)
        with timezone.override("Asia/Ho_Chi_Minh"):
            in_the_east = draw([row], select=False, id=None)

    assert len({english, vietnamese, in_the_east}) == 3
