"""Pieces that are drawn once."""

import jinja2
import pytest
from django.utils import translation

from firstline.core.ui.environment import environment

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
