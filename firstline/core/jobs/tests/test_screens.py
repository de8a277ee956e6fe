from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django_ox.models import OxTask

from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.core.jobs.actions.discard import discard
from firstline.core.jobs.actions.retry import retry
from firstline.core.jobs.dispatch import react
from firstline.core.jobs.draining import drain
from firstline.core.jobs.letters import write_dead_letters
from firstline.core.jobs.models import LoopState
from firstline.core.jobs.queries import STATES, counts, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead() -> OxTask:
    write_dead_letters(react, [("firstline.x:listener", 7)], OSError("the post office <is> closed"))
    found: OxTask = in_state("dead").get()
    return found


def test_no_job_is_in_no_state_or_in_two() -> None:
    for status in OxTask.Status.values:
        for attempts in (0, 1):
            OxTask.objects.all().delete()
            react.enqueue("x:y", 1)
            OxTask.objects.update(status=status, attempts=attempts)

            assert sum(counts().values()) == 1, status


def test_a_dead_job_is_run_again_and_that_is_recorded(ada: Any, dead: OxTask) -> None:
    retry(str(dead.pk), by=ada)

    assert counts()["dead"] == 0
    event = Event.objects.get()
    assert (event.kind, event.actor) == ("job.retried", ada)
    assert event.describe() == "ran the job “core.jobs.dispatch.react(firstline.x:listener, 7)” again"
    drain(forgiving=True)
    assert counts()["dead"] == 1


def test_a_job_is_discarded_and_that_is_recorded(ada: Any, dead: OxTask) -> None:
    discard(str(dead.pk), by=ada)

    assert counts()["done"] == 1
    assert Event.objects.get().kind == "job.discarded"


def test_only_what_has_failed_can_run_again(ada: Any) -> None:
    waiting = react.enqueue("x:y", 1)

    with pytest.raises(Refused, match="failed for good"):
        retry(waiting.id, by=ada)
    with pytest.raises(Refused, match="no longer exists"):
        retry(str(uuid.uuid4()), by=ada)
    assert not Event.objects.exists()


def test_jobs_are_repaired_only_by_those_who_may(rosa: Any, dead: OxTask, client: Client) -> None:
    with pytest.raises(NotAllowed):
        retry(str(dead.pk), by=rosa)
    client.force_login(rosa)

    assert client.get("/settings/jobs").status_code in (403, 404)
    assert client.post(f"/settings/jobs/{dead.pk}/attempt").status_code in (403, 404)
    assert client.post(f"/settings/jobs/{dead.pk}/disposal").status_code in (403, 404)
    assert counts()["dead"] == 1


@pytest.mark.parametrize("state", [*STATES, "nonsense", ""])
def test_the_page_shows_every_state(ada: Any, dead: OxTask, client: Client, state: str) -> None:
    react.enqueue("x:y", 1)
    client.force_login(ada)

    page = client.get(f"/settings/jobs?state={state}")

    assert page.status_code == 200
    assert "No worker is running" in page.text


def test_the_page_shows_a_dead_job_with_its_error_and_runs_it_again(ada: Any, dead: OxTask, client: Client) -> None:
    LoopState.objects.create(
        name="mail: fetch", every_seconds=30, failing_since=dead.finished_at, last_error="no route"
    )
    client.force_login(ada)

    page = client.get("/settings/jobs")
    assert "the post office &lt;is&gt; closed" in page.text
    assert "Run again" in page.text
    assert "no route" in page.text

    assert client.post(f"/settings/jobs/{dead.pk}/attempt").status_code == 302
    assert (counts()["dead"], counts()["waiting"]) == (0, 1)


def test_all_dead_jobs_run_again_with_one_press(ada: Any, client: Client) -> None:
    write_dead_letters(react, [("x:y", 1), ("x:z", 1)], OSError("away"))
    client.force_login(ada)

    client.post("/settings/jobs/attempts")

    assert (counts()["dead"], counts()["waiting"]) == (0, 2)
