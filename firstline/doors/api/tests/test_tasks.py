"""Tasks through the API: added, read and moved on, and nothing more than on screen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firstline.core import clock
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tasks.models import Task
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

from .test_api import calls, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(rosa: Person, network: Team) -> Ticket:
    return open_ticket(rosa, "Somebody new", kind="request", team=network, by=None)


def test_tasks_are_added_read_and_done(ticket: Ticket, ada: Person, omar: Person) -> None:
    client = calls(ada)
    due = (clock.now() + timedelta(days=1)).isoformat()
    said = {"title": "Order it", "people": [omar.email], "due_at": due}
    first = post(client, f"/tickets/{ticket.pk}/tasks", said, **{"Idempotency-Key": "t1"}).json()
    again = post(client, f"/tickets/{ticket.pk}/tasks", said, **{"Idempotency-Key": "t1"}).json()
    assert first == again
    second = post(client, f"/tickets/{ticket.pk}/tasks", {"title": "Set it up", "needs": [first["id"]]}).json()
    assert (first["state"], second["state"], second["needs"]) == ("open", "waiting", [first["id"]])

    (line,) = calls(omar).get("/api/v1/tasks").json()["items"]
    assert line["title"] == "Order it"
    silent = post(calls(omar), f"/tasks/{line['id']}/progress", {"to": "block"})
    wrong = post(calls(omar), f"/tasks/{line['id']}/progress", {"to": "fly"})
    early = post(client, f"/tasks/{second['id']}/progress", {"to": "done"})
    done = post(calls(omar), f"/tasks/{line['id']}/progress", {"to": "done", "words": "It came."})

    assert [each.status_code for each in (silent, wrong, early, done)] == [409, 409, 409, 200]
    assert done.json()["ended_by"]["email"] == omar.email
    states = [task["state"] for task in client.get(f"/api/v1/tickets/{ticket.pk}/tasks").json()]
    assert states == ["done", "open"]
    assert post(client, f"/tasks/{second['id']}/people", {"people": [ada.email]}).json()["people"][0]["id"] == ada.pk
    assert post(client, f"/tasks/{second['id']}/due", {"due_at": None}).json()["due_at"] is None
    assert post(client, f"/tasks/{second['id']}/time", {"minutes": 25}).json()["minutes"] == 25
    assert post(client, f"/tasks/{second['id']}/remarks", {"text": "The blue one."}).status_code == 200


def test_strangers_and_requesters_get_nothing(ticket: Ticket, ada: Person, rosa: Person, omar: Person) -> None:
    made = post(calls(ada), f"/tickets/{ticket.pk}/tasks", {"title": "Order it"}).json()["id"]

    for person in (rosa, omar):
        client = calls(person)
        assert client.get(f"/api/v1/tickets/{ticket.pk}/tasks").status_code == 404
        assert client.get(f"/api/v1/tasks/{made}").status_code == 404
        assert post(client, f"/tasks/{made}/progress", {"to": "done"}).status_code == 404
        assert post(client, f"/tickets/{ticket.pk}/tasks", {"title": "Mine"}).status_code == 404
    assert Task.objects.get().state == "open"
