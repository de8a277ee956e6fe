"""An offering is complete before anybody can ask for it, and is looked at again when its day has come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from firstline.core.actions import NotAllowed, Refused
from firstline.core.conditions import Context, parse, to_json
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person
from firstline.people.organisations.actions.belong import belong
from firstline.people.organisations.actions.department import save_department
from firstline.people.organisations.actions.organisation import save_organisation
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.offering import copy, make_offering, publish, retire, save_offering
from firstline.work.catalog.actions.ready import install
from firstline.work.catalog.fields import people
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import due_for_review, missing, today, visible_to


@pytest.mark.django_db
@pytest.mark.accepts("S4.36", "S4.40", "S4.41")
def test_it_says_what_is_missing_and_is_not_published_without(
    client: Client, lin: Person, bea: Person, network: Team
) -> None:
    made = make_offering({"en": "Badge"}, by=lin)
    client.force_login(lin)

    page = client.get(f"/catalog/{made.pk}").content.decode()
    tried = client.post(f"/catalog/{made.pk}/publication", follow=True).content.decode()

    assert {"form", "articles", "team", "procedures"} <= {part.field for part in missing(made)}
    assert "An article that helps before asking" in page
    assert "Before people can ask for it, this is missing" in tried
    (ready,) = install(["printer"], by=bea)
    ready.articles = []
    with pytest.raises(Refused, match="An article that helps before asking"):
        save_offering(ready, by=bea)
    assert Offering.objects.get(pk=ready.pk).articles != []


@pytest.mark.django_db
@pytest.mark.accepts("S4.34")
def test_an_owner_fills_in_the_page_and_publishes(client: Client, ada: Person, bea: Person, network: Team) -> None:
    (ready,) = install(["printer"], owner=ada, by=bea)
    retire(ready, by=bea)
    client.force_login(ada)

    sent = client.post(
        f"/catalog/{ready.pk}",
        {
            "names_en": "Printers",
            "names_vi": "Máy in",
            "summaries_en": "Print",
            "procedures_en": "Do it",
            "category": ready.category_id,
            "icon": "printer",
            "position": "3",
            "form": ready.form_id,
            "makes": "one",
            "ticket_kind": "request",
            "urgency": "2",
            "owner_name": "Ada",
            "team": network.pk,
            "approval": "none",
            "promised_hours": "8",
            "cost": "0",
            "payer": "nobody",
            "review_on": "2031-01-01",
            "links": "How to print https://example.org/print",
            "needs": "Toner is there",
            "who": "role:agent",
        },
    )
    out = client.post(f"/catalog/{ready.pk}/publication")

    assert (sent.status_code, out.status_code) == (302, 302)
    found = Offering.objects.get(pk=ready.pk)
    assert (found.state, found.names["en"], found.owner, found.requirements) == (
        "published",
        "Printers",
        ada,
        ["Toner is there"],
    )
    assert found.articles == [{"title": "How to print", "url": "https://example.org/print"}]
    assert visible_to(ada).filter(pk=found.pk).exists()
    assert [client.get(at).status_code for at in ("/catalog", "/catalog?show=review", "/catalog?show=retired")] == [
        200
    ] * 3
    assert client.get("/catalog/categories").status_code == 403


@pytest.mark.django_db
def test_only_whom_it_is_meant_for_sees_it(rosa: Person, omar: Person, bea: Person, network: Team) -> None:
    tide = save_organisation(None, name="Tide", by=None)
    finance = save_department(None, name="Finance", organisation=tide, by=None)
    belong(rosa, organisation=tide, department=finance, by=None)
    (ready,) = install(["printer"], by=bea)
    ready.audience = to_json(parse("department:Finance or role:admin", people, Context(trusted=True)))

    save_offering(ready, by=bea)

    assert [visible_to(who).count() for who in (rosa, omar, bea)] == [1, 0, 1]
    forget(bea)
    ready.audience = {"field": "shoe", "operator": "is", "values": ["9"]}
    with pytest.raises(Refused):
        save_offering(ready, by=bea)


@pytest.mark.django_db
@pytest.mark.accepts("S1.91")
def test_it_is_asked_about_when_its_day_has_come(client: Client, bea: Person, network: Team) -> None:
    (ready,) = install(["printer"], by=bea)
    before = due_for_review(bea).count()
    ready.review_on = today() - timedelta(days=1)
    save_offering(ready, by=bea)
    client.force_login(bea)

    due = due_for_review(bea).count()
    client.post(f"/catalog/{ready.pk}/review")

    assert (before, due, due_for_review(bea).count()) == (0, 1, 0)


@pytest.mark.django_db
def test_a_copy_is_a_draft_of_its_own(lin: Person, ada: Person, bea: Person, network: Team) -> None:
    (ready,) = install(["printer"], by=bea)

    made = copy(ready, by=lin)

    assert (made.state, made.owner, made.form, made.key) == ("draft", lin, ready.form, "printer-2")
    assert made.names["en"] == "Printer (copy)"
    with pytest.raises(NotAllowed):
        copy(ready, by=ada)
    with pytest.raises(NotAllowed):
        publish(made, by=ada)


@pytest.mark.django_db
def test_everything_ready_made_is_installed_from_its_page(client: Client, bea: Person, network: Team) -> None:
    client.force_login(bea)

    before = client.get("/catalog/ready")
    client.post("/catalog/ready")
    pages = [
        client.get(at)
        for at in ("/catalog/ready", "/catalog", "/catalog/categories", "/catalog/new", "/catalog/categories/new")
    ]

    assert before.status_code == 200
    assert [page.status_code for page in pages] == [200] * 5
    assert Offering.objects.filter(state="published").count() == 12
