"""Components say what they take, and refuse what they do not know."""

from datetime import timedelta

import jinja2
import pytest
from django.test import RequestFactory
from django.utils import translation

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


def test_no_component_is_frozen_in_the_language_of_the_start(env: jinja2.Environment) -> None:
    env.from_string('{{ ui.status_ring("new") }}').render()
    spoken = []
    original = translation.gettext

    with translation.override("de"):
        env.globals["gettext"] = lambda text: spoken.append(translation.get_language()) or original(text)
        draw(env, '{{ ui.status_ring("new") }}')

    assert set(spoken) <= {"de"}


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
