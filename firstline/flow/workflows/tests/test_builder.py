"""One builder for all work that has steps; what runs by itself is named; what changes nothing is pointed out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.core.actions import acting
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Run, Step, Version
from firstline.work.tickets.actions.open import open_ticket

from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db


@pytest.mark.accepts("S1.2")
def test_routing_incidents_and_service_requests_are_shaped_in_the_same_builder_and_run_as_they_were_shaped(
    ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    client = Client()
    client.force_login(bea)
    kinds = {"routing": "incident", "incident": "incident", "service-request": "request"}
    for key in kinds:
        put_in_use(key, "small" if key != "incident" else "large", bea, ada, lin)

    for key in kinds:
        page = client.get(f"/workflows/{key}/draft").content.decode()
        assert "<svg" in page, key
        version = Version.objects.get(workflow__key=key, state="published")
        shaped = version.text.replace("  - {kind: end, id:", "  - {kind: end, note: shaped here, id:", 1)
        shaped = shaped.replace("next: ", "note: shaped here, next: ", 1) if shaped == version.text else shaped
        client.post(f"/workflows/{key}/draft", {"text": shaped})
        client.post(f"/workflows/{key}/publication")
        assert Version.objects.get(workflow__key=key, state="published").number == 2, key

    incident = open_ticket(rosa, "No sound", kind="incident", by=rosa)
    request = open_ticket(rosa, "A chair", kind="request", by=rosa)
    start(request, Version.objects.get(workflow__key="service-request", state="published"), by=ada)
    ran = set(Run.objects.values_list("version__workflow__key", "version__number", "ticket"))
    assert ran == {
        ("routing", 2, incident.pk), ("incident", 2, incident.pk), ("routing", 2, request.pk),
        ("service-request", 2, request.pk),
    }  # fmt: skip


@pytest.mark.accepts("S1.4")
def test_routine_steps_run_by_themselves_and_the_page_says_what_ran_them_and_who_set_them_off(
    ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    put_in_use("incident", "large", bea, ada, lin)
    ticket = open_ticket(rosa, "No network", kind="incident", by=rosa)
    run = Run.objects.get()
    said = {"what": "x", "priority": 1, "to": "Network", "cause": "A cable", "solution": "Plugged in"}

    done = do_all(run, said, {"first_tier": "hand_on"})

    asked = {line.partition(": ")[2].partition("=")[0] for line in done}
    by_itself = set(Step.objects.filter(run=run, how="done").values_list("step", flat=True)) - asked
    assert {"set_priority", "hand_over", "resolve"} <= by_itself  # nobody was asked for these
    client = Client()
    client.force_login(lin)
    page = client.get(f"/runs/{run.pk}").content.decode()
    for words in (
        "by itself <code>ticket.prioritise</code>",
        "by itself <code>ticket.resolve</code>",
        "set off by Ada",
    ):
        assert words in page, words
    history = client.get(f"/tickets/{ticket.pk}/timeline").content.decode()
    assert "Firstline" in history or "Priority" in history


@pytest.mark.accepts("S1.90")
def test_the_page_says_how_much_there_is_to_a_workflow_and_what_it_could_do_without(
    ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    version = put_in_use("service-request", "large", bea, ada, lin)
    client = Client()
    client.force_login(bea)
    ticket = open_ticket(rosa, "A cable", kind="request", by=rosa)
    with acting():
        for number in range(11):
            run = Run(version=version, ticket=ticket, state={"data": {}}, status="ended", is_open=False, outcome="done",
                      ended_at=clock.now())  # fmt: skip
            run.save(force_insert=True)
            begins = clock.now() - timedelta(hours=30)
            for place, (step, kind, how, outcome) in enumerate(
                [("money", "approval", "done", "approved"), ("comes", "task", "skipped", "done"),
                 ("buy", "task", "skipped" if number else "done", "done")], 1
            ):  # fmt: skip
                Step(run=run, number=place, step=step, kind=kind, title=step, is_open=False, how=how, outcome=outcome,
                     opened_at=begins, closed_at=clock.now()).save(force_insert=True)  # fmt: skip

    page = client.get("/workflows/service-request").content.decode()

    for words in ("steps", "ways through it", "working hours", "What could be dropped"):
        assert words in page, words
    assert "was never refused in 11 decisions, and each took 30.0 hours" in page
    assert "was skipped every time (11): drop it." in page
    assert page.count("was skipped every time") == 1  # one that was done once is not proposed
    assert "was never reached in 11 runs" in page
    with acting():
        Step.objects.filter(pk=Step.objects.filter(step="money").latest("pk").pk).update(outcome="refused")
    assert "was never refused" not in client.get("/workflows/service-request").content.decode()
