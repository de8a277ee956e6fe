"""Components say what they take, and refuse what they do not know."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jinja2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import trans_real
from pytest_django import Settings

from firstline.core import clock
from firstline.core.ui.environment import environment
from firstline.core.ui.screens.gallery import SampleForm


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    return environment()


def draw(env: jinja2.Environment, source: str, **names: object) -> str:
    return env.from_string(source).render(**names)


def test_a_button_prints_its_key_and_can_be_reached_by_it(env: jinja2.Environment) -> None:
    html = draw(env, '{{ ui.button("Take", key="t") }}')

    assert 'data-key="t"' in html
    assert '<kbd class="key">t</kbd>' in html


@pytest.mark.parametrize(
    "source",
    [
        '{{ ui.button("Take", colour="red") }}',
        '{{ ui.button("Take", variant="priamry") }}',
        "{{ ui.button() }}",
        '{{ ui.buton("Take") }}',
        '{{ ui.status_ring("opne") }}',
        '{% call ui.button("Take") %}x{% endcall %}',
        '{{ ui.icon_button("Watch") }}',
        "{{ ui.button(label_that_nobody_passed) }}",
    ],
)
def test_a_wrong_argument_fails(env: jinja2.Environment, source: str) -> None:
    with pytest.raises((TypeError, ValueError, KeyError, jinja2.UndefinedError)):
        draw(env, source)


def test_what_people_typed_is_escaped(env: jinja2.Environment) -> None:
    html = draw(env, "{{ ui.person(name) }}{{ ui.button(name) }}{{ ui.tag(name) }}", name="<script>x</script>")

    assert "<script" not in html


@pytest.fixture
def german(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """A catalogue of one word."""
    catalogue = Catalog(locale="de")
    catalogue.add("Waiting", "Wartet")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LOCALE_PATHS = [str(tmp_path)]
    _forget_catalogues()
    yield
    _forget_catalogues()


def _forget_catalogues() -> None:
    trans_real._translations.clear()  # type: ignore[attr-defined]  # Django reads each catalogue once


def test_a_component_speaks_the_language_of_the_moment(env: jinja2.Environment, german: None) -> None:
    spoken = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            spoken.append("Wartet" in draw(env, '{{ ui.status_ring("waiting") }}'))

    assert spoken == [False, True, False]


def test_a_field_ties_label_hint_and_error(env: jinja2.Environment) -> None:
    html = draw(env, '{{ ui.field("cc", "Copies", hint="One a line", error="Not an address") }}')

    assert '<label class="field__label" for="field-cc">' in html
    assert 'aria-describedby="field-cc_helptext field-cc_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_form_with_mistakes_begins_with_links_to_them(env: jinja2.Environment) -> None:
    form = SampleForm({"email": "rosa@", "subject": ""})

    html = draw(env, "{{ ui.form_fields(form) }}", form=form)

    assert "2 things need your attention" in html
    assert 'href="#id_email"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html


def test_time_left_is_said_in_words(env: jinja2.Environment) -> None:
    now = clock.now()

    with clock.set_to(now):
        left = draw(env, "{{ ui.time_pill(due) }}", due=now + timedelta(hours=2))
        late = draw(env, "{{ ui.time_pill(due) }}", due=now - timedelta(minutes=20))

    assert "2 h left" in left
    assert 'data-time="left"' in left
    assert "late 20 min" in late
    assert 'data-time="late"' in late


def test_the_gallery_is_closed_to_everybody_else(rf: RequestFactory) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.http import Http404

    from firstline.core.ui.screens.gallery import gallery

    request = rf.get("/gallery")
    request.user = AnonymousUser()

    with pytest.raises(Http404):
        gallery(request)
