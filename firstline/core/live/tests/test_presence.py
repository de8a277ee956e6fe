from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from firstline.core import clock, live
from firstline.core.live import topics
from firstline.core.live.models import News, State
from firstline.core.live.presence import be_present, forget_the_gone, leave, present

Person: Any = get_user_model()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "_topics", {})
    live.topic("thing", lambda person, number: number == 42)


@pytest.fixture
def ada() -> Any:
    return Person.objects.create_user("ada@test.example", name="Ada")


@pytest.fixture
def lin() -> Any:
    return Person.objects.create_user("lin@test.example", name="Lin")


def _told() -> int:
    return News.objects.filter(kind="presence", topic="thing:42").count()


def test_each_sees_the_other_and_who_writes_first(ada: Any, lin: Any) -> None:
    be_present(ada, "thing:42", State.VIEWING)
    be_present(lin, "thing:42", State.WRITING)

    assert [(each.person, each.state) for each in present("thing:42")] == [(lin, "writing"), (ada, "viewing")]
    assert [each.person for each in present("thing:42", besides=ada)] == [lin]
    assert present("thing:43") == []


def test_only_what_is_new_is_told(ada: Any) -> None:
    be_present(ada, "thing:42", State.VIEWING)
    be_present(ada, "thing:42", State.VIEWING)
    assert _told() == 1

    be_present(ada, "thing:42", State.WRITING)
    assert _told() == 2

    leave(ada, "thing:42")
    leave(ada, "thing:42")
    assert _told() == 3
    assert present("thing:42") == []


def test_whoever_falls_silent_is_gone(ada: Any, lin: Any) -> None:
    with clock.set_to(clock.now() - timedelta(seconds=60)):
        be_present(ada, "thing:42", State.VIEWING)
    be_present(lin, "thing:42", State.VIEWING)
    assert [each.person for each in present("thing:42")] == [lin]

    before = _told()
    assert forget_the_gone() == 1
    assert _told() == before + 1
    assert forget_the_gone() == 0


def test_a_page_says_that_it_is_open(client: Client, ada: Any) -> None:
    client.force_login(ada)

    assert client.post("/live/presence", {"topic": "thing:42", "state": "writing"}).status_code == 204
    assert [each.state for each in present("thing:42")] == ["writing"]
    assert client.post("/live/presence", {"topic": "thing:42", "state": "left"}).status_code == 204
    assert present("thing:42") == []


@pytest.mark.parametrize(
    ("topic", "state", "status"),
    [
        ("thing:43", "viewing", 403),
        ("other:42", "viewing", 400),
        ("thing:42", "dancing", 400),
        ("thing:42,thing:42", "", 400),
        ("", "viewing", 400),
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, ada: Any, topic: str, state: str, status: int) -> None:
    client.force_login(ada)

    answer = client.post("/live/presence", {"topic": topic, "state": state})

    assert (answer.status_code, answer.content) == (status, b"")
    assert present(topic) == []


def test_presence_needs_a_session_and_a_token(ada: Any) -> None:
    assert Client().post("/live/presence", {"topic": "thing:42", "state": "viewing"}).status_code == 302

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post("/live/presence", {"topic": "thing:42", "state": "viewing"}).status_code == 403
