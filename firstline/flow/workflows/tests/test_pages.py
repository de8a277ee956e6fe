"""The pages of workflows: writing one, starting it, doing what it asks, repairing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.flow.approvals.models import Approval, Seat
from firstline.flow.workflows.jobs import fire_due
from firstline.flow.workflows.models import Run, Step, Timer, Version, Workflow
from firstline.work.tickets.actions.open import open_ticket
from tests.cast import works_in

from .documents import LAPTOP, PLAIN

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_workflow_is_written_published_started_and_done_in_the_browser(
    ada: Any, lin: Any, bea: Any, rosa: Any, network: Any
) -> None:
    works_in(network, ada)
    admin, agent, lead = signed_in(bea), signed_in(ada), signed_in(lin)
    ticket = open_ticket(rosa, "A new laptop", kind="request", team=network, by=rosa)

    broken = admin.post("/workflows/new", {"text": LAPTOP.replace("next: done}", "next: nowhere}")}, follow=True)
    assert "nowhere" in broken.content.decode()
    assert "Line " in broken.content.decode()
    assert admin.post("/workflows/laptop/publication", follow=True).status_code == 200
    assert not Version.objects.filter(state="published").exists()
    admin.post("/workflows/laptop/draft", {"text": LAPTOP})
    admin.post("/workflows/laptop/publication")
    shown = agent.get("/workflows/laptop").content.decode()
    assert "Create the account" in shown
    assert "expensive" in shown

    version = Version.objects.get(state="published")
    assert agent.post(f"/tickets/{ticket.pk}/workflow", {"version": version.pk}).status_code == 422
    started = agent.post(f"/tickets/{ticket.pk}/workflow", {"version": version.pk, "field_cost": "1500"})
    assert started.status_code == 302
    run = Run.objects.get()
    assert 'id="panel-workflows"' in agent.get(f"/tickets/{ticket.pk}/panels").content.decode()
    approval = Approval.objects.get(caller="workflow")
    lead.post(f"/approvals/{approval.pk}/decision", {"says": "grant", "stage": Seat.objects.get().stage_id})

    order, account = Step.objects.get(run=run, step="order"), Step.objects.get(run=run, step="account")
    assert "Order it" in agent.get("/tasks").content.decode()
    assert agent.get(f"/runs/steps/{order.pk}").status_code == 200
    agent.post(f"/runs/steps/{order.pk}", {"outcome": "done", "field_asset": "LT-7", "remark": "Here."})
    late = agent.post(f"/runs/steps/{order.pk}", {"outcome": "done", "field_asset": "LT-8"})
    assert late.status_code in {403, 422}
    lead.post(f"/runs/steps/{account.pk}", {"outcome": "done"})
    with clock.set_to(Timer.objects.get(run=run).due_at):
        fire_due()

    run.refresh_from_db()
    assert (run.status, run.outcome, run.state["data"]["asset"]) == ("ended", "done", "LT-7")
    page = agent.get(f"/runs/{run.pk}").content.decode()
    assert "Here." in page
    assert "LT-7" in page


def test_an_operator_skips_and_calls_off_and_an_agent_does_not(ada: Any, lin: Any, bea: Any, rosa: Any) -> None:
    admin = signed_in(bea)
    admin.post("/workflows/new", {"text": PLAIN})
    admin.post("/workflows/plain/publication")
    version = Version.objects.get()
    ticket = open_ticket(rosa, "A badge", kind="request", by=rosa)
    signed_in(ada).post(f"/tickets/{ticket.pk}/workflow", {"version": version.pk, "field_subject": "A badge"})
    run = Run.objects.get()
    assert run.status == "stuck"  # nobody is in charge of this ticket yet

    assert "A badge" in signed_in(lin).get("/workflows/stuck").content.decode()
    number = Step.objects.get(run=run, step="look").number
    refused = signed_in(ada).post(f"/runs/{run.pk}/leap", {"number": number, "reason": "No.", "outcome": "done"})
    assert refused.status_code == 403
    signed_in(lin).post(f"/runs/{run.pk}/leap", {"number": number, "reason": "No need.", "outcome": "done"})

    run.refresh_from_db()
    assert run.status == "ended"


def test_who_is_not_asked_and_does_not_see_the_ticket_does_not_see_the_task(
    lin: Any, bea: Any, rosa: Any, omar: Any, network: Any
) -> None:
    admin = signed_in(bea)
    admin.post("/workflows/new", {"text": PLAIN})
    admin.post("/workflows/plain/publication")
    ticket = open_ticket(rosa, "A badge", kind="request", team=network, by=rosa)
    version = Version.objects.get()
    admin.post(f"/tickets/{ticket.pk}/workflow", {"version": version.pk, "field_subject": "A badge"})
    task = Step.objects.get(step="look")

    assert signed_in(omar).get(f"/runs/steps/{task.pk}").status_code == 404
    assert signed_in(lin).get(f"/runs/steps/{task.pk}").status_code == 200


def test_retiring_is_for_admins(ada: Any, bea: Any) -> None:
    admin = signed_in(bea)
    admin.post("/workflows/new", {"text": PLAIN})
    admin.post("/workflows/plain/publication")

    assert signed_in(ada).post("/workflows/plain/retirement").status_code == 403
    admin.post("/workflows/plain/retirement")

    assert Workflow.objects.get().state == "retired"
