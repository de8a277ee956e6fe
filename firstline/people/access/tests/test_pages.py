from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from firstline.core import clock
from firstline.people.access.models import Grant
from firstline.people.access.rules import forget, may
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department, Membership, Organisation
from firstline.people.teams.models import Absence, Team
from tests.cast import works_in


def signed_in(somebody: Person) -> Client:
    client = Client()
    client.force_login(somebody)
    session = client.session
    session["signed_in_at"] = clock.now().timestamp()
    session.save()
    return client


def test_an_admin_adds_a_team_and_its_members(bea: Person, ada: Person) -> None:
    client = signed_in(bea)

    made = client.post("/settings/teams/new", {"name": "Systems", "purpose": "Servers"})
    team = Team.objects.get(name="Systems")
    client.post(f"/settings/teams/{team.pk}/members", {"person": ada.email, "is_lead": "on"})

    assert made["Location"] == f"/settings/teams/{team.pk}"
    assert list(team.memberships.values_list("person", "is_lead")) == [(ada.pk, True)]
    assert "Ada" in client.get(f"/settings/teams/{team.pk}").content.decode()
    assert "Systems" in client.get("/settings/teams").content.decode()

    client.post(f"/settings/teams/{team.pk}", {"name": "Platforms", "purpose": ""})
    client.post(f"/settings/teams/{team.pk}/archive")
    client.post(f"/settings/teams/{team.pk}/members/{ada.pk}/leaving")
    team.refresh_from_db()
    assert (team.name, team.is_active, team.memberships.count()) == ("Platforms", False, 0)


def test_an_agent_reads_teams_and_changes_none(ada: Person, network: Team) -> None:
    client = signed_in(ada)

    answers = [
        client.get("/settings/teams").status_code,
        client.get(f"/settings/teams/{network.pk}").status_code,
        client.get("/settings/teams/new").status_code,
        client.post(f"/settings/teams/{network.pk}", {"name": "Mine"}).status_code,
        client.post(f"/settings/teams/{network.pk}/members", {"person": ada.email}).status_code,
    ]

    assert answers == [200, 200, 403, 403, 403]


def test_an_admin_cannot_walk_into_a_private_team_nor_open_its_door(bea: Person, hr: Team) -> None:
    client = signed_in(bea)

    walked = client.post(f"/settings/teams/{hr.pk}/members", {"person": bea.email})
    opened = client.post(f"/settings/teams/{hr.pk}", {"name": hr.name})

    hr.refresh_from_db()
    assert (walked.status_code, opened.status_code, hr.is_private) == (403, 403, True)
    assert not hr.memberships.filter(person=bea).exists()


def test_a_team_lead_adds_members_without_being_admin(ada: Person, omar: Person, network: Team) -> None:
    works_in(network, ada, is_lead=True)

    answer = signed_in(ada).post(f"/settings/teams/{network.pk}/members", {"person": omar.email})

    assert answer.status_code == 302
    assert network.memberships.filter(person=omar).exists()


def test_an_admin_adds_an_organisation_with_departments(bea: Person, lin: Person) -> None:
    client = signed_in(bea)

    client.post("/settings/organisations/new", {"name": "Tide", "domains": "tide.example, sea.example"})
    tide = Organisation.objects.get(name="Tide")
    client.post(f"/settings/organisations/{tide.pk}/departments/new", {"name": "Finance", "head": lin.email})
    finance = Department.objects.get(name="Finance")
    changed = {"name": "Money", "head": ""}
    client.post(f"/settings/organisations/{tide.pk}/departments/{finance.pk}", changed)
    shown = client.get(f"/settings/organisations/{tide.pk}").content.decode()
    client.post(f"/settings/organisations/{tide.pk}/departments/{finance.pk}/archive")
    client.post(f"/settings/organisations/{tide.pk}/archive")

    tide.refresh_from_db()
    finance.refresh_from_db()
    assert (tide.domains, tide.is_active) == (["sea.example", "tide.example"], False)
    assert (finance.name, finance.head, finance.is_active) == ("Money", None, False)
    assert "Money" in shown
    assert client.get("/settings/organisations").status_code == 200


def test_a_lead_says_where_a_requester_belongs(lin: Person, rosa: Person, bea: Person) -> None:
    client = signed_in(lin)

    client.post(f"/people/{rosa.pk}/membership", {"manager": "Bea", "title": "Painter", "is_vip": "on"})

    row = Membership.objects.get(person=rosa)
    assert (row.manager, row.title, row.is_vip) == (bea, "Painter", True)
    page = client.get(f"/people/{rosa.pk}").content.decode()
    assert "Painter" in page
    assert "Very important person" in page


def test_people_are_found_by_a_few_letters_of_any_name(ada: Person, rosa: Person) -> None:
    client = signed_in(ada)

    page = client.get("/people?q=ros").content.decode()

    assert "rosa@example.org" in page
    assert "omar@" not in page


def test_an_agent_opens_a_person_but_does_not_change_one(ada: Person, rosa: Person) -> None:
    client = signed_in(ada)

    opened = client.post("/people/new", {"name": "Ivo", "email": "ivo@example.org", "phone": ""})
    changed = client.post(f"/people/{rosa.pk}/facts", {"name": "Rosalind"})

    ivo = Person.objects.get(email="ivo@example.org")
    assert (opened["Location"], changed.status_code) == (f"/people/{ivo.pk}", 403)


def test_a_lead_changes_requesters_but_nobody_who_holds_roles(lin: Person, rosa: Person, bea: Person) -> None:
    client = signed_in(lin)

    of_rosa = client.post(f"/people/{rosa.pk}/facts", {"name": "Rosalind", "email": rosa.email})
    of_bea = client.post(f"/people/{bea.pk}/facts", {"name": "Bea", "email": "lin+bea@example.org"})

    bea.refresh_from_db()
    assert (of_rosa.status_code, of_bea.status_code, bea.email) == (302, 403, "bea@example.org")


def test_an_admin_gives_and_takes_a_role(bea: Person, omar: Person, network: Team) -> None:
    client = signed_in(bea)

    client.post("/settings/access", {"person": omar.email, "role": "agent", "team": network.pk, "kind": ""})
    given = Grant.objects.get(person=omar)
    shown = client.get("/settings/access").content.decode()
    client.post(f"/settings/access/{given.pk}/revocation")

    assert (given.role, given.team) == ("agent", network)
    assert "Omar" in shown
    assert not Grant.objects.filter(person=omar).exists()


def test_a_sensitive_page_asks_again_when_the_sign_in_is_old(bea: Person) -> None:
    client = signed_in(bea)

    with clock.set_to(clock.now() + timedelta(minutes=20)):
        answer = client.get("/settings/access")

    assert answer["Location"] == "/account/again?next=%2Fsettings%2Faccess"


def test_the_tester_says_what_somebody_may_and_why(bea: Person, ada: Person) -> None:
    page = signed_in(bea).get("/settings/access/why", {"person": "Ada", "permission": "ticket.note"})

    text = " ".join(page.content.decode().split())
    assert "ticket.note" in text
    assert ">yes<" in text.replace("> ", ">").replace(" <", "<")


def test_absences_are_ones_own_or_a_leads(ada: Person, lin: Person, rosa: Person, omar: Person) -> None:
    away = {"first_day": "2031-05-02", "last_day": "2031-05-09", "deputy": "Lin", "note": ""}

    answers = [
        signed_in(ada).post(f"/people/{ada.pk}/absences", away).status_code,
        signed_in(lin).post(f"/people/{ada.pk}/absences", away).status_code,
        signed_in(ada).post(f"/people/{lin.pk}/absences", away).status_code,
        signed_in(rosa).get(f"/people/{omar.pk}/absences").status_code,
        signed_in(rosa).get(f"/people/{rosa.pk}/absences").status_code,
    ]

    assert answers == [302, 302, 403, 404, 200]
    assert Absence.objects.filter(person=ada).count() == 2
    first = Absence.objects.filter(person=ada).first()
    assert first is not None
    assert signed_in(ada).post(f"/people/{ada.pk}/absences/{first.pk}/removal").status_code == 302


@pytest.mark.parametrize(
    "path", ["/people", "/people/1", "/settings/teams", "/settings/organisations", "/settings/access"]
)
def test_requesters_see_none_of_it(rosa: Person, path: str) -> None:
    assert signed_in(rosa).get(path).status_code == 403


def test_an_admin_deactivates_somebody_and_ends_their_sessions(bea: Person, omar: Person) -> None:
    theirs = signed_in(omar)
    client = signed_in(bea)

    client.post(f"/people/{omar.pk}/deactivation", {"reason": "left"})
    omar.refresh_from_db()

    assert (omar.is_active, theirs.get("/account/profile").status_code) == (False, 302)
    client.post(f"/people/{omar.pk}/deactivation", {"undo": "1"})
    omar.refresh_from_db()
    assert omar.is_active
    assert client.post(f"/people/{omar.pk}/sessions").status_code == 302


@pytest.mark.abuse("D13")
def test_rights_are_gone_with_the_role_also_in_open_sessions(bea: Person, ada: Person) -> None:
    client = signed_in(ada)
    assert client.get("/people").status_code == 200

    signed_in(bea).post(f"/settings/access/{Grant.objects.get(person=ada).pk}/revocation")

    forget(ada)
    assert client.get("/people").status_code == 403
    assert not may(ada, "ticket.view")
