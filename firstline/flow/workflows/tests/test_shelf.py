"""Every workflow that ships is installed in one click, and a sample goes through it to its end."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.core.actions import NotAllowed, Refused
from firstline.core.jobs.draining import drain
from firstline.flow.approvals.models import Approval
from firstline.flow.workflows.actions.install import install
from firstline.flow.workflows.actions.sample import try_sample
from firstline.flow.workflows.engine.shelf import SHELF, Template, template
from firstline.flow.workflows.models import Run, Step, Version, Workflow
from firstline.flow.workflows.queries.shelf import text_of
from firstline.people.notifications.models import Notice
from firstline.people.teams.actions.team import open_team
from tests.cast import works_in

from .shelving import put_in_use

pytestmark = pytest.mark.django_db
EACH = [pytest.param(each, size, id=f"{each.key}-{size}") for each in SHELF for size in each.sizes]


@pytest.mark.accepts("S1.3")
@pytest.mark.parametrize(("shelved", "size"), EACH)
def test_a_sample_goes_through_each_of_them_to_the_end_and_nobody_hears_of_it(
    shelved: Template, size: str, ada: Any, lin: Any, bea: Any
) -> None:
    version = put_in_use(shelved.key, size, bea, ada, lin)
    assert version.state == Version.State.PUBLISHED

    run = try_sample(version, shelved.sample, kind=shelved.kind, by=bea)

    assert (run.is_sample, run.is_open, run.status, run.outcome) == (True, False, "ended", "done")
    assert list(run.ticket.tags.values_list("name", flat=True)) == ["sample"]
    steps = Step.objects.filter(run=run)
    assert not steps.filter(how="skipped").exists()
    assert not steps.exclude(trouble="").exists()
    drain()
    assert not Approval.objects.exists()
    assert not Notice.objects.exclude(person=bea).exists()


def test_a_sample_is_not_tried_by_who_may_not_change_workflows(lin: Any, bea: Any) -> None:
    version = put_in_use("incident", "small", bea, lin)

    with pytest.raises(NotAllowed):
        try_sample(version, by=lin)
    with pytest.raises(NotAllowed):
        install("incident", "small", {}, by=lin)


def test_without_a_team_for_each_word_nothing_is_installed(bea: Any, lin: Any) -> None:
    empty = open_team("Service desk", by=None)

    with pytest.raises(Refused, match="service_desk"):
        install("incident", "small", {}, by=bea)
    assert not Version.objects.filter(state="published").exists()

    install("incident", "small", {"team:service_desk": empty}, by=bea)
    client = Client()
    client.force_login(bea)
    shown = client.get("/workflows/incident/draft").content.decode()
    assert "nobody is in it" in shown


@pytest.mark.accepts("S0.51")
def test_the_gallery_shows_each_with_its_picture_installs_it_and_tries_a_sample(ada: Any, lin: Any, bea: Any) -> None:
    desk = open_team("Service desk", by=None)
    works_in(desk, ada)
    client = Client()
    client.force_login(bea)

    shelf = client.get("/workflows/templates").content.decode()
    for each in SHELF:
        assert f"/workflows/templates/{each.key}" in shelf
    shown = client.get("/workflows/templates/incident").content.decode()
    assert "<svg" in shown
    assert "ticket.opened: kind:incident" in shown
    sent = client.post("/workflows/templates/incident", {"word_0": desk.pk})
    assert sent.headers["Location"] == "/workflows/incident"
    page = client.get("/workflows/incident").content.decode()
    assert "<svg" in page
    assert "Try a sample" in page
    tried = client.post("/workflows/incident/sample")
    run = Run.objects.get()
    assert tried.headers["Location"] == f"/runs/{run.pk}"
    assert "Sample" in client.get(f"/runs/{run.pk}").content.decode()

    client.post("/workflows/templates/incident?size=small", {"word_0": desk.pk})
    assert Workflow.objects.get().versions.count() == 2
    # The large one has more to read: 40 steps are where the warning begins.
    grown = _grown()
    refused = client.post("/workflows/incident/draft", {"text": grown}, follow=True).content.decode()
    assert "It has 4" in refused


def _grown() -> str:
    found = template("incident")
    assert found is not None
    text = text_of(found, "small")
    more = "".join(
        f"  - {{kind: task, id: more{number}, name: More {number}, who: [requester], due: 1 working day, "
        f"next: {'tell' if number == 40 else f'more{number + 1}'}}}\n"
        for number in range(1, 41)
    )
    return text.replace("    next: tell\n", "    next: more1\n", 1) + more
