"""Who looks after a workflow, when it is looked at again, how it does against its goal; and what nobody may skip."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.jobs.draining import drain
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.look_after import look_after, remind_of_reviews
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.repair import skip
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Run, Step, Workflow
from firstline.people.notifications.models import Notice
from firstline.work.tasks.actions.progress import drop
from firstline.work.tasks.models import Task
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.models import Ticket

from .documents import PLAIN
from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db
LOOK = PLAIN.replace("who: [team]", 'who: ["person:ada@example.org"]').replace(
    "name: Somebody", "agreed: 3 days\nname: Somebody"
)


def in_use(bea: Any, text: str = LOOK) -> Workflow:
    draft, problems = save_draft(None, text, by=bea)
    assert not problems
    return publish(draft.workflow, by=bea).workflow


@pytest.mark.accepts("S0.53")
@pytest.mark.accepts("S1.91")
def test_every_workflow_in_use_has_a_day_of_review_and_its_owner_is_reminded_once(bea: Any, lin: Any) -> None:
    workflow = in_use(bea)
    assert workflow.review_on is not None
    assert (workflow.owner, workflow.review_on > clock.now().date()) == (bea, True)
    day = clock.now().date() + timedelta(days=30)
    client = Client()
    client.force_login(bea)
    form = {"owner": "lin@example.org", "review_on": f"{day}", "metric": "done", "target": "80"}
    assert client.post(f"/workflows/{workflow.key}/care", form).status_code == 302

    for days in (29, 31, 32):
        with clock.set_to(clock.now() + timedelta(days=days)):
            remind_of_reviews()
            drain()

    told = Notice.objects.filter(kind="workflow.review")
    assert [(notice.person, notice.about_noun) for notice in told] == [(lin, "workflow")]
    shown = client.get("/notices")
    assert shown.status_code == 200
    with clock.set_to(clock.now() + timedelta(days=60)):
        workflow.refresh_from_db()
        look_after(workflow, lin, day + timedelta(days=20), "done", 80, by=bea)
        remind_of_reviews()
        drain()
    assert Notice.objects.filter(kind="workflow.review").count() == 2
    with pytest.raises(Refused):
        look_after(workflow, lin, None, "done", 80, by=bea)


def test_only_who_edits_workflows_says_who_looks_after_them(bea: Any, ada: Any) -> None:
    workflow = in_use(bea)

    with pytest.raises(NotAllowed):
        look_after(workflow, ada, clock.now().date(), "done", 80, by=ada)


@pytest.mark.accepts("S1.89")
def test_its_page_shows_its_goal_and_how_far_it_is_from_it(bea: Any, ada: Any, rosa: Any) -> None:
    workflow = in_use(bea)
    version = workflow.versions.get()
    client = Client()
    client.force_login(bea)
    page = f"/workflows/{workflow.key}"
    assert "No run has ended in the last 90 days." in client.get(page).content.decode()
    for days in (1, 1, 10):
        run = start(open_ticket(rosa, "Look", kind="request", by=rosa), version, by=ada)
        with clock.set_to(clock.now() + timedelta(days=days)):
            do_all(run)

    with clock.set_to(clock.now() + timedelta(days=11)):
        shown = client.get(page).content.decode()
    assert "67 %" in shown
    assert "2 of 3 runs of the last 90 days" in shown
    assert "goal: 90 %" in shown


@pytest.mark.accepts("S1.5")
def test_a_required_step_cannot_be_skipped_by_anybody_and_the_attempt_says_why(
    bea: Any, ada: Any, lin: Any, rosa: Any
) -> None:
    version = put_in_use("change-control", "small", bea, lin, ada)
    ticket = open_ticket(rosa, "A new switch", kind="change", by=rosa)
    run = start(ticket, version, {"title": "Switch", "reason": "Slow", "implementer": "ada@example.org"}, by=lin)
    cab = Step.objects.get(run=run, step="cab")
    client = Client()
    client.force_login(bea)

    with pytest.raises(NotAllowed):
        skip(run, cab.number, "No time", by=ada)
    with pytest.raises(Refused, match=r"cannot be skipped: the workflow “.*” requires it"):
        skip(run, cab.number, "No time", "approved", by=bea)
    with pytest.raises(Refused, match="approval"):
        resolve(Ticket.objects.get(pk=ticket.pk), by=lin)
    assert "Required: it cannot be skipped." in client.get(f"/runs/{run.pk}").content.decode()
    answered = client.post(f"/runs/{run.pk}/leap", {"number": cab.number, "reason": "x", "outcome": "approved"})
    assert "requires it" in client.get(answered.headers["Location"]).content.decode()

    assert Step.objects.get(pk=cab.pk).is_open
    assert Run.objects.get(pk=run.pk).is_open


@pytest.mark.accepts("S1.5")
def test_the_task_of_a_step_is_no_way_around_it(bea: Any, ada: Any, rosa: Any) -> None:
    run = start(open_ticket(rosa, "Look", kind="request", by=rosa), in_use(bea).versions.get(), by=ada)
    task = Task.objects.get(ticket=run.ticket)

    with pytest.raises(Refused, match="A workflow waits for"):
        drop(task, "Not needed", by=ada)
    with pytest.raises(Refused):
        resolve(Ticket.objects.get(pk=run.ticket_id), by=ada)

    # One that its workflow does not require is skipped with a reason, by who repairs runs.
    skip(run, Step.objects.get(run=run).number, "Seen already", by=bea)
    assert not Run.objects.get(pk=run.pk).is_open
