"""A service request from the portal to its end: found, understood, asked for, told apart from an incident."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.core.events.models import Event
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.models import Run
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.edit import prioritise
from firstline.work.tickets.actions.link import link
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.models import Ticket
from tests.cast import works_in

from .test_asking_for_a_service import SOFTWARE, offering_of

pytestmark = pytest.mark.django_db
STARTED_BY = """\
workflow: KIND
name: For KIND
fields: [{key: subject}]
steps:
  - {kind: start, id: begin, trigger: {by: event, event: ticket.opened, when: "kind:KIND"}, next: look}
  - {kind: task, id: look, title: "Look at {subject}", who: [team], next: end}
  - {kind: end, id: end}
"""


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.accepts("S4.1")
def test_a_request_and_an_incident_are_records_of_their_own_and_go_their_own_ways(
    rosa: Person, bea: Person, network: Team
) -> None:
    for kind in ("request", "incident"):
        draft, problems = save_draft(None, STARTED_BY.replace("KIND", kind), by=bea)
        assert not problems
        publish(draft.workflow, by=bea)

    request = open_ticket(rosa, "A new program", kind="request", team=network, by=rosa)
    incident = open_ticket(rosa, "It hums", kind="incident", team=network, by=rosa)

    assert dict(Run.objects.values_list("ticket", "version__workflow__key")) == {
        request.pk: "request", incident.pk: "incident",
    }  # fmt: skip


@pytest.mark.accepts("S4.5", "S4.6")
@pytest.mark.accepts("S1.46", "S4.11")
def test_before_asking_one_reads_how_and_how_long_and_then_asks_in_the_portal(
    rosa: Person, ada: Person, network: Team
) -> None:
    offering_of(SOFTWARE, owner=ada, team=network)
    client = Client()
    client.force_login(rosa)

    listed, before = page(client, "/services"), page(client, "/services/software")

    assert "Software" in listed
    assert "2 working days" in before or "16 working hours" in before
    assert "https://example.org" in before  # how it is asked for, and what one may know beforehand
    at = client.post("/services/software/drafts")["Location"]
    answered = client.post(f"{at}?page=1", {"program": "figma", "why": "Plans", "seen": "program why"})
    client.post(answered["Location"])
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.requester, ticket.source, ticket.team) == ("request", rosa, "portal", network)
    assert "Software" in page(client, "/requests")


@pytest.mark.accepts("S4.3", "S4.15")
def test_who_works_on_it_reads_how_it_is_done_and_fulfils_it_or_hands_it_on(
    rosa: Person, ada: Person, network: Team
) -> None:
    offering_of(SOFTWARE, owner=ada, team=network)
    client, agent = Client(), Client()
    client.force_login(rosa)
    agent.force_login(ada)
    for _time in range(2):
        at = client.post("/services/software/drafts")["Location"]
        answered = client.post(f"{at}?page=1", {"program": "figma", "why": "Plans", "seen": "program why"})
        client.post(answered["Location"])
    fulfilled, forwarded = Ticket.objects.order_by("pk")
    works_in(network, ada)

    shown = page(agent, f"/tickets/{fulfilled.pk}/panels")
    assert "How it is done" in shown
    assert "Install it." in shown
    resolve(fulfilled, by=ada)
    other = open_team("Programs", by=None)
    route(forwarded, other, by=ada)

    fulfilled.refresh_from_db()
    forwarded.refresh_from_db()
    assert (fulfilled.state, forwarded.team) == ("resolved", other)
    assert "Install it." not in client.get(f"/requests/{fulfilled.pk}").content.decode()


@pytest.mark.accepts("S4.8", "S4.9")
def test_a_change_names_its_request_and_a_problem_its_incidents(rosa: Person, ada: Person, lin: Person) -> None:
    request = open_ticket(rosa, "More memory", kind="request", by=ada)
    change = open_ticket(rosa, "Put memory into all laptops", kind="change", by=ada)
    problem = open_ticket(rosa, "A batch of bad fans", kind="problem", by=ada)
    incidents = [open_ticket(rosa, f"Laptop {number} hums", kind="incident", by=ada) for number in (1, 2)]
    agent = Client()
    agent.force_login(lin)

    link(change, request, "relates", by=lin)
    for incident in incidents:
        link(problem, incident, "causes", by=lin)

    assert "More memory" in page(agent, f"/tickets/{change.pk}")
    assert "Put memory into all laptops" in page(agent, f"/tickets/{request.pk}")
    shown = page(agent, f"/tickets/{problem.pk}")
    assert all(incident.subject in shown for incident in incidents)
    assert "A batch of bad fans" in page(agent, f"/tickets/{incidents[0].pk}")


@pytest.mark.accepts("S4.17")
def test_the_queue_is_ordered_by_rule_and_who_jumps_it_is_written_down(
    rosa: Person, lin: Person, network: Team
) -> None:
    loud = open_ticket(rosa, "URGENT!!! NOW!!! ASAP!!!", kind="incident", team=network, by=lin)
    quiet = open_ticket(rosa, "All of us wait", kind="incident", team=network, by=lin)
    prioritise(quiet, 1, reason="Forty people stand still", by=lin)
    agent: Any = Client()
    agent.force_login(lin)

    queue = page(agent, "/queue")

    assert queue.index("All of us wait") < queue.index("URGENT!!!")
    loud.refresh_from_db()
    assert loud.priority > 1  # words in capitals move nothing
    event = Event.objects.filter(kind="ticket.prioritised", subject_id=quiet.pk).latest("pk")
    assert (event.actor_id, event.facts["to"]) == (lin.pk, 1)
    assert "Forty people stand still" in page(agent, f"/tickets/{quiet.pk}")
