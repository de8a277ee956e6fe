"""A quiet desk says nothing until somebody lets it speak."""

import pytest
from django.db import IntegrityError

from firstline.core.actions import acting
from firstline.core.events.models import Event
from firstline.core.quiet import is_quiet
from firstline.core.quiet.actions.fall_silent import fall_silent
from firstline.core.quiet.actions.speak import speak
from firstline.core.quiet.models import Silence

pytestmark = pytest.mark.django_db


def test_a_new_desk_may_speak():
    assert not is_quiet()


def test_a_silence_holds_until_somebody_ends_it():
    fall_silent(reason="restored from monday.tar", by=None)
    assert is_quiet()

    speak(by=None)

    assert not is_quiet()
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["silence.begun", "silence.ended"]


def test_falling_silent_twice_is_one_silence_with_its_first_reason():
    fall_silent(reason="first", by=None)
    fall_silent(reason="second", by=None)

    assert list(Silence.objects.values_list("reason", flat=True)) == ["first"]


def test_the_database_allows_only_one_open_silence():
    fall_silent(reason="first", by=None)

    with pytest.raises(IntegrityError), acting():
        Silence(reason="second").save()


def test_speaking_without_a_silence_changes_nothing():
    assert speak(by=None) is None
    assert Event.objects.count() == 0
