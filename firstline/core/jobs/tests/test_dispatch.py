from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_ox.models import OxTask

from firstline.core.actions import action
from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.core.events.tests.happenings import Bell, Rang, ring
from firstline.core.jobs import dispatch as dispatching
from firstline.core.jobs.dispatch import dispatch
from firstline.core.jobs.draining import JobFailed, drain
from firstline.core.jobs.events import ChainCut
from firstline.core.jobs.queries import counts
from firstline.core.leases.leadership import Leadership

pytestmark = pytest.mark.django_db

heard: list[tuple[int, str]] = []
answers: list[str] = []  # what the listener does: nothing, "ring", "ring twice", "fail"


@action("bell.ring", permission="bell.ring")
def ring_again(bell: Bell, *, by: object) -> None:
    """Ring the bell."""
    record(bell, Rang, by=by)


@later(Rang)
def hear(event: Event) -> None:
    heard.append((event.subject_id, event.correlation))
    if "fail" in answers:
        raise OSError("the line is dead")
    for _time in range(2 if "ring twice" in answers else 1 if "ring" in answers else 0):
        ring_again(Bell(event.subject_id), by=None)


@later(Rang)
def hear_too(event: Event) -> None:
    pass


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    dispatching._deep_events.clear()
    heard.clear()  # other tests ring, too
    yield
    answers.clear()


def test_each_later_listener_hears_of_each_event_in_a_job_of_its_own() -> None:
    first, second = ring(1), ring(2)

    assert drain() == 4

    assert sorted(heard) == [(1, first.correlation), (2, second.correlation)]
    assert counts()["done"] == 4


def test_nothing_is_handed_on_by_a_worker_that_does_not_lead() -> None:
    ring()
    other = Leadership("loops", holder="other")
    other.take()

    with pytest.raises(RuntimeError):
        dispatch(Leadership("loops", holder="late"))

    assert OxTask.objects.count() == 0
    assert dispatch(other) is False
    assert OxTask.objects.count() == 2


def test_a_consequence_knows_its_cause() -> None:
    event = ring()
    dispatch(_leader())
    answers.append("ring")
    dispatching.react.call(f"{__name__}:hear", event.pk)

    consequence = Event.objects.get(cause=event)
    assert (consequence.via, consequence.hops, consequence.correlation) == ("rule", 1, event.correlation)


@pytest.mark.abuse("H12")
def test_a_circle_of_consequences_is_cut_and_seen() -> None:
    answers.append("ring")
    ring()

    drain(forgiving=True)

    assert Event.objects.filter(kind=Rang.key).count() == dispatching.MOST_HOPS + 2
    cut = Event.objects.get(kind=ChainCut.key)
    assert (cut.subject_noun, cut.subject_id) == ("bell", 1)
    assert "circle" in cut.describe()
    assert counts()["dead"] == 2  # what both listeners would have done
    dead = OxTask.objects.filter(status="FAILED").first()
    assert dead is not None
    assert "circle" in dead.errors[0]["traceback"]


@pytest.mark.abuse("H12")
def test_a_circle_that_doubles_each_time_is_cut_long_before_it_is_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "DEEP", 2)
    monkeypatch.setattr(dispatching, "MOST_DEEP_EVENTS", 6)
    answers.append("ring twice")
    ring()

    drain(forgiving=True)

    assert Event.objects.filter(kind=Rang.key).count() < 40
    assert Event.objects.filter(kind=ChainCut.key).exists()


def test_a_listener_that_fails_is_tried_again_and_does_not_hold_up_the_others() -> None:
    answers.append("fail")
    ring()

    drain(forgiving=True)

    assert counts() == {"dead": 0, "retrying": 1, "running": 0, "waiting": 0, "done": 1}
    failed = OxTask.objects.get(status="READY")
    assert failed.run_after is not None
    assert "the line is dead" in failed.errors[0]["traceback"]


def test_draining_in_a_test_shows_the_failure() -> None:
    answers.append("fail")
    ring()

    with pytest.raises(JobFailed, match="the line is dead"):
        drain()


def test_a_listener_that_no_longer_exists_is_a_dead_letter_at_once() -> None:
    event = ring()
    dispatching.react.enqueue("firstline.gone:listener", event.pk)

    drain(forgiving=True)

    dead = OxTask.objects.get(status="FAILED")
    assert dead.attempts == 1
    assert "Nobody is called firstline.gone:listener" in dead.errors[0]["traceback"]


def _leader() -> Leadership:
    lead = Leadership("loops")
    lead.take()
    return lead
