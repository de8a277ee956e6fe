"""From the catalog to a ticket with answers: asked in the portal, read on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.category import save_category
from firstline.work.catalog.actions.offering import make_offering, publish
from firstline.work.catalog.models import Category, Offering
from firstline.work.catalog.queries import today
from firstline.work.intake.actions.publish import publish as publish_form
from firstline.work.intake.actions.shape import make_form
from firstline.work.intake.engine.questions import load
from firstline.work.intake.models import Draft, Submission
from firstline.work.tickets.models import Ticket

SOFTWARE = {
    "questions": [
        {
            "key": "program", "type": "choice", "label": {"en": "Which program?"}, "is_required": True,
            "options": [{"key": "figma", "label": {"en": "Figma"}}, {"key": "other", "label": {"en": "Another one"}}],
        },
        {
            "key": "name", "type": "short", "label": {"en": "What is it called?"}, "is_required": True,
            "show_when": {"field": "program", "operator": "is", "values": ["other"]},
        },
        {"key": "why", "type": "long", "label": {"en": "What for?"}},
    ]
}  # fmt: skip


def offering_of(definition: dict[str, Any], *, owner: Person, team: Team | None = None, **parts: Any) -> Offering:
    form = make_form("Software", questions=load(definition), by=None)
    publish_form(form, by=None)
    made = make_offering(
        {"en": "Software", "vi": "Phần mềm"}, summaries={"en": "Get a program"}, form=form, team=team, owner=owner,
        category=save_category(Category(names={"en": "Programs"}), by=None), promised_hours=16, cost=0, payer="nobody",
        approval="none", procedures={"en": "Install it."}, articles=[{"title": "How", "url": "https://example.org"}],
        review_on=today(), by=None, **parts,
    )  # fmt: skip
    return publish(made, by=None)


@pytest.mark.django_db
def test_somebody_asks_for_a_service_and_the_desk_reads_the_answers(
    client: Client, rosa: Person, ada: Person, network: Team
) -> None:
    offering = offering_of(SOFTWARE, owner=ada, team=network)
    client.force_login(rosa)

    page = client.get("/services/software")
    begun = client.post("/services/software/drafts")
    at = begun["Location"]
    first = client.get(at)
    wrong = client.post(f"{at}?page=1", {"program": "other", "name": "", "why": "To draw", "seen": "program why"})
    right = client.post(
        f"{at}?page=1", {"program": "other", "name": "Krita", "why": "To draw", "seen": "program name why"}
    )
    review = client.get(right["Location"])
    sent = client.post(right["Location"])
    again = client.post(right["Location"])

    assert (page.status_code, first.status_code, wrong.status_code) == (200, 200, 422)
    assert b"Please answer this." in wrong.content
    assert b"Krita" in review.content
    assert sent["Location"] == again["Location"]
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.kind, ticket.team, ticket.source) == ("Software", "request", network, "portal")
    assert ticket.filing.answers == {"program": "other", "name": "Krita", "why": "To draw"}
    assert ticket.filing.offering == offering
    assert (Submission.objects.count(), Draft.objects.get().answers) == (1, {})
    assert f"#{ticket.pk}" in client.get(sent["Location"]).content.decode()
    assert "Krita" in client.get(f"/requests/{ticket.pk}").content.decode()
    desk = Client()
    desk.force_login(ada)
    shown = desk.get(f"/tickets/{ticket.pk}/panels").content.decode()
    assert "What is it called?" in shown
    assert "Krita" in shown
    assert "Install it." in shown


@pytest.mark.django_db
def test_somebody_of_the_desk_is_told_that_it_has_arrived(client: Client, ada: Person, network: Team) -> None:
    offering_of(SOFTWARE, owner=ada, team=network)
    client.force_login(ada)
    at = client.post("/services/software/drafts")["Location"]
    review = client.post(f"{at}?page=1", {"program": "figma", "why": "To draw", "seen": "program why"})["Location"]

    sent = client.get(client.post(review)["Location"])

    assert sent.status_code == 200
    assert f"#{Ticket.objects.get().pk}" in sent.content.decode()
