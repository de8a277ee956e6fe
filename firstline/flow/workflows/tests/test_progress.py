"""How far a run is: for the desk beside the ticket, and for whoever asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Step
from firstline.flow.workflows.queries.progress import progress_of
from firstline.work.tickets.actions.open import open_ticket
from tests.cast import person

from .documents import PLAIN
from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db


@pytest.mark.accepts("S1.33")
def test_hr_and_the_manager_see_how_much_is_done_and_what_is_waited_for(
    ada: Any, lin: Any, bea: Any, rosa: Any, omar: Any
) -> None:
    mia = person("Mia")
    version = put_in_use("onboarding", "large", bea, ada, lin)
    said: dict[str, Any] = {
        "name": "Lan",
        "begins": (clock.now() + timedelta(days=9)).date().isoformat(),
        "devices": ["laptop"],
    }
    said["manager"] = "mia@example.org"
    ticket = open_ticket(rosa, "Lan begins", kind="request", by=rosa)
    run = start(ticket, version, said, by=lin)
    client, manager, stranger = Client(), Client(), Client()
    client.force_login(rosa)
    manager.force_login(mia)
    stranger.force_login(omar)

    before = progress_of([run])[0]
    page = client.get(f"/requests/{ticket.pk}").content.decode()
    assert (before.done, "0 % done" in page) == (0, True)
    assert "Desk and badge for Lan" in page
    assert "Facilities" in page
    assert "Desk and badge for Lan" in manager.get(f"/requests/{ticket.pk}").content.decode()

    answer(Step.objects.get(run=run, step="desk"), by=ada)
    run.refresh_from_db()
    after = progress_of([run])[0]
    page = client.get(f"/requests/{ticket.pk}").content.decode()
    assert (after.done, after.all) == (1, before.all)
    assert f"{after.percent} % done" in page
    assert "Desk and badge for Lan" not in page
    assert stranger.get(f"/requests/{ticket.pk}").status_code == 404

    do_all(run, {"account": "lan", "mail": "lan@example.org"})
    run.refresh_from_db()
    assert progress_of([run])[0].percent == 100


def test_a_workflow_that_does_not_say_so_shows_its_requester_nothing(ada: Any, bea: Any, rosa: Any) -> None:
    draft, _problems = save_draft(None, PLAIN.replace("who: [team]", 'who: ["person:ada@example.org"]'), by=bea)
    ticket = open_ticket(rosa, "Look", kind="request", by=rosa)
    start(ticket, publish(draft.workflow, by=bea), by=ada)
    client = Client()
    client.force_login(rosa)

    assert "request-progress" not in client.get(f"/requests/{ticket.pk}").content.decode()
