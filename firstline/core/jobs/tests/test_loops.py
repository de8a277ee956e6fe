from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError

from firstline.core.actions import acting, prove_it_is_ours
from firstline.core.actions.acting import circumstances
from firstline.core.jobs import loops
from firstline.core.jobs.loops import Loop, Runner
from firstline.core.jobs.models import LoopState
from firstline.core.jobs.queries import health
from firstline.core.leases.leadership import Leadership
from firstline.core.leases.models import Lease

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Leadership:
    found = Leadership("loops")
    found.take()
    return found


def runner(function: object, lead: Leadership, every: float = 5.0) -> Runner:
    return Runner(Loop("test", function, every), threading.Event(), lead)  # type: ignore[arg-type]


def test_a_loop_with_more_to_do_goes_on_at_once_and_an_idle_one_rests(lead: Leadership) -> None:
    answers = [True, False]

    asked = runner(lambda: answers.pop(0), lead)

    assert [asked.turn(), asked.turn()] == [0, 5.0]
    state = LoopState.objects.get()
    assert (state.name, state.is_failing, state.last_error) == ("test", False, "")
    assert state.last_success_at is not None


def test_a_failing_loop_waits_longer_each_time_and_shows_its_error_until_it_recovers(lead: Leadership) -> None:
    errors: list[Exception] = [OSError("no route"), OperationalError("gone"), OSError("still no route")]

    def function() -> None:
        if errors:
            raise errors.pop(0)

    failing = runner(function, lead)
    waits = [failing.turn() for _turn in range(3)]

    assert waits == sorted(waits)
    assert all(5 * 0.75 <= wait <= loops.LONGEST_WAIT * 1.25 for wait in waits)
    state = LoopState.objects.get()
    assert state.is_failing
    assert "OSError: no route" in state.last_error
    assert health().failing_loops == ("test",)

    failing.turn()

    recovered = LoopState.objects.get()
    assert not recovered.is_failing
    assert "no route" in recovered.last_error  # what it was, for whoever looks later
    assert health().failing_loops == ()


def test_the_actions_of_a_loop_are_fenced_by_the_lease(lead: Leadership) -> None:
    met: list[object] = []

    def function() -> None:
        with acting():
            met.append(circumstances().via)
        prove_it_is_ours()
        Lease.objects.update(token=99)
        prove_it_is_ours()
        met.append("nobody comes here")

    runner(function, lead).turn()

    assert met == ["system"]
    assert "LeaseLost" in LoopState.objects.get().last_error


def test_a_loop_does_not_run_in_a_worker_that_does_not_lead() -> None:
    ran: list[int] = []
    other = Leadership("loops", holder="other")
    waiting = runner(lambda: ran.append(1), other, 0.01)
    thread = waiting.start()

    time.sleep(0.1)
    waiting.stop.set()
    thread.join(5)

    assert ran == []


def test_two_loops_cannot_have_one_name() -> None:
    loops.register("test: one", test_two_loops_cannot_have_one_name, every=1)
    try:
        with pytest.raises(ValueError, match="test: one"):
            loops.register("test: one", lambda: None, every=1)
    finally:
        del loops._loops["test: one"]
