"""The pages of escalation, as their people use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.core.events.models import Event
from firstline.flow.escalation.actions.hand_over import hand_over
from firstline.flow.escalation.actions.major import declare_major
from firstline.flow.escalation.actions.settings import save_level, save_path, save_protocol, save_vendor
from firstline.flow.escalation.models import (
    Escalation,
    HandOver,
    Level,
    MajorIncident,
    Obstacle,
    Path,
    Protocol,
    Vendor,
)
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.edit import categorise
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.settings import save_category
from firstline.work.tickets.models import Category, Ticket
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def path(network: Team) -> Path:
    works_in(network, person("Eno", "agent"), is_lead=True)
    path = save_path(None, "Network", by=None)
    save_level(
        path,
        None,
        "Engineer",
        who="team",
        team=network,
        when=[{"when": "silence", "minutes": 60}],
        asks_for=["What was tried"],
        by=None,
    )
    return path


@pytest.mark.accepts("S2.1")
def test_an_agent_escalates_with_a_reason_and_sees_who_has_it(
    client: Client, ada: Person, rosa: Person, path: Path
) -> None:
    ticket = open_ticket(rosa, "The line is dead", by=rosa)
    assign(ticket, ada, by=ada)
    client.force_login(ada)
    assert "What was tried" in text(client.get(f"/tickets/{ticket.pk}/escalation"))

    lacking = client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "next", "reason": "Beyond me"})
    assert "What was tried" in text(lacking)
    assert not Escalation.objects.exists()
    done = client.post(
        f"/tickets/{ticket.pk}/escalation", {"whom": "next", "reason": "Beyond me", "told_0": "Rebooted"}, follow=True
    )

    assert done.status_code == 200
    panel = text(client.get(f"/tickets/{ticket.pk}/panels"))
    assert "Network" in panel
    assert "Beyond me" in panel
    ticket.refresh_from_db()
    assert ticket.owner == ada


def test_a_form_without_whom_or_why_says_so(client: Client, ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "The line is dead", by=rosa)
    client.force_login(ada)

    answer = client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "person", "reason": "Beyond me"})

    assert "Say whom." in text(answer)
    assert not Escalation.objects.exists()


def test_taking_on_ending_and_the_supplier(client: Client, ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "The line is dead", by=rosa)
    vendor = save_vendor(None, "Cable Works", answer_minutes=60, by=None)
    client.force_login(ada)
    client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "person", "person": "Lin", "reason": "You know it"})
    client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "vendor", "vendor": vendor.pk, "reason": "Outside"})
    to_lin, to_vendor = Escalation.objects.order_by("id")

    client.force_login(lin)
    client.post(f"/escalations/{to_lin.pk}/acceptance")
    client.post(
        f"/escalations/{to_lin.pk}/end", {"outcome": "returned", "first_level_could": "yes", "missing": "a guide"}
    )
    client.post(f"/escalations/{to_vendor.pk}/supplier", {"reference": "CW-1", "has_answered": "on"})

    to_lin.refresh_from_db()
    to_vendor.refresh_from_db()
    assert (to_lin.accepted_by, to_lin.outcome, to_lin.missing) == (lin, "returned", "a guide")
    assert (to_vendor.vendor_reference, to_vendor.vendor_answered_at is not None) == ("CW-1", True)


def test_an_obstacle_is_flagged_and_cleared_on_the_page(client: Client, ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "The line is dead", by=rosa)
    client.force_login(ada)
    client.post(f"/tickets/{ticket.pk}/obstacle", {"reason": "No key to the room"})
    assert "No key to the room" in text(client.get(f"/tickets/{ticket.pk}/panels"))

    client.post(f"/tickets/{ticket.pk}/obstacle/cleared")

    assert Obstacle.objects.get().cleared_by == ada


def test_news_is_told_from_a_form_that_knows_the_last_one(client: Client, ada: Person, rosa: Person) -> None:
    save_protocol(1, every_minutes=60, first_minutes=15, by=None)
    ticket = open_ticket(rosa, "The site is dark", impact=1, urgency=1, by=rosa)
    client.force_login(ada)
    assert "60 minutes" in text(client.get(f"/tickets/{ticket.pk}/news"))

    lacking = client.post(f"/tickets/{ticket.pk}/news", {"state": "We look"})
    assert "what comes next" in text(lacking)
    client.post(
        f"/tickets/{ticket.pk}/news", {"state": "We look", "coming": "A van comes", "expected_at": "2026-12-01T10:00"}
    )

    assert "A van comes" in text(client.get(f"/tickets/{ticket.pk}/news"))
    client.force_login(rosa)
    assert "A van comes" in text(client.get(f"/requests/{ticket.pk}"))


@pytest.mark.accepts("S2.19")
def test_the_war_room_shows_who_coordinates_who_is_told_and_what(
    client: Client, lin: Person, rosa: Person, omar: Person, bea: Person
) -> None:
    ticket = open_ticket(rosa, "Mail is down", by=rosa)
    client.force_login(lin)
    client.post(f"/tickets/{ticket.pk}/major/new", {"notice": "Mail is down. News at noon."})
    client.post(f"/tickets/{ticket.pk}/major/stakeholders", {"person": "Bea"})
    client.post(f"/tickets/{ticket.pk}/news", {"state": "A disk is full", "coming": "Free it"})

    room = text(client.get(f"/tickets/{ticket.pk}/major"))
    for words in ("Lin", "Bea", "A disk is full", "Free it", "Mail is down. News at noon."):
        assert words in room
    client.force_login(omar)
    home = text(client.get("/"))
    assert "Mail is down. News at noon." in home
    assert client.get(f"/tickets/{ticket.pk}/major").status_code in {403, 404}


def test_the_report_is_written_in_sittings_and_finished_once(client: Client, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Mail is down", by=rosa)
    declare_major(ticket, by=lin)
    client.force_login(lin)
    client.post(f"/tickets/{ticket.pk}/major/end")
    client.post(f"/tickets/{ticket.pk}/major/report", {"root_cause": "A full disk"})
    refused = client.post(f"/tickets/{ticket.pk}/major/report", {"root_cause": "A full disk", "finish": "1"})
    assert "not finished" in text(refused)

    client.post(
        f"/tickets/{ticket.pk}/major/report",
        {"summary": "s", "root_cause": "A full disk", "steps": "t", "prevention": "p", "finish": "1"},
    )

    assert MajorIncident.objects.get().reported_by == lin


@pytest.mark.accepts("S2.45")
def test_one_page_shows_escalations_of_all_regions_but_of_private_teams(
    client: Client, ada: Person, lin: Person, rosa: Person, hr: Team
) -> None:
    berlin, hanoi = open_team("Berlin", by=None), open_team("Hanoi", by=None)
    hana = hr.memberships.get().person
    for team, subject, agent in ((berlin, "In Berlin", lin), (hanoi, "In Hanoi", lin), (hr, "A secret illness", hana)):
        ticket = open_ticket(rosa, subject, by=rosa)
        route(ticket, team, by=None)
        client.force_login(agent)
        client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "team", "team": team.pk, "reason": "Please"})
    assert Escalation.objects.count() == 3

    client.force_login(lin)
    page = text(client.get("/escalations"))

    assert "In Berlin" in page
    assert "In Hanoi" in page
    assert "A secret illness" not in page


@pytest.mark.accepts("S2.35")
def test_what_escalates_again_and_again_is_pointed_out_with_a_proposal(
    client: Client, ada: Person, lin: Person, rosa: Person
) -> None:
    passwords = save_category(Category(name="Passwords"), by=None)
    client.force_login(lin)
    for number in range(3):
        ticket = open_ticket(rosa, f"Password {number}", by=rosa)
        categorise(ticket, passwords, by=lin)
        client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "person", "person": "Ada", "reason": "No right"})
        made = Escalation.objects.latest("id")
        client.post(
            f"/escalations/{made.pk}/end",
            {"outcome": "returned", "first_level_could": "yes", "missing": "the right to reset"},
        )

    page = text(client.get("/escalations/lessons"))

    assert "Passwords" in page
    assert "the right to reset" in page


def test_a_hand_over_is_made_looked_at_and_accepted_on_pages(client: Client, rosa: Person) -> None:
    berlin, hanoi = open_team("Berlin", by=None), open_team("Hanoi", by=None)
    bert = works_in(berlin, person("Bert", "agent"))
    hoa = works_in(hanoi, person("Hoa", "agent"))
    ticket = open_ticket(rosa, "The site is dark", by=rosa)
    route(ticket, berlin, by=None)
    client.force_login(bert)
    assert "The site is dark" in text(client.get(f"/hand-overs/new?team={berlin.pk}"))

    client.post(
        "/hand-overs/new",
        {
            "team": berlin.pk,
            "to": hanoi.pk,
            "note": "Call them",
            "send": "1",
            f"take_{ticket.pk}": "on",
            f"state_{ticket.pk}": "The van is on its way",
        },
    )
    made = HandOver.objects.get()
    client.force_login(hoa)
    assert "The van is on its way" in text(client.get(f"/hand-overs/{made.pk}"))
    client.post(f"/hand-overs/{made.pk}/acceptance")

    ticket.refresh_from_db()
    assert ticket.team == hanoi


def test_a_stranger_does_not_see_a_hand_over(
    client: Client, rosa: Person, ada: Person, network: Team, lin: Person
) -> None:
    other = open_team("Other", by=None)
    ticket = open_ticket(rosa, "The site is dark", by=rosa)
    route(ticket, network, by=None)
    made = hand_over(network, other, [Ticket.objects.get()], by=None)
    client.force_login(ada)

    assert client.get(f"/hand-overs/{made.pk}").status_code == 404


@pytest.mark.accepts("S2.14")
def test_an_admin_draws_a_path_without_code(client: Client, bea: Person, network: Team) -> None:
    client.force_login(bea)
    wrong = client.post(
        "/settings/escalation/paths/new",
        {"name": "Network", "condition": "priorty:critical", "position": 0, "is_active": "on"},
    )
    assert "priority" in text(wrong)
    client.post(
        "/settings/escalation/paths/new",
        {"name": "Network", "condition": "priority:critical", "position": 0, "is_active": "on"},
    )
    path = Path.objects.get()
    client.post(
        f"/settings/escalation/paths/{path.pk}/levels/new",
        {
            "name": "Engineer",
            "who": "team",
            "team": network.pk,
            "way": "hand_over",
            "silence": 30,
            "obstacle": "on",
            "asks_for": "What was tried\nSince when",
        },
    )

    level = Level.objects.get()
    assert level.when == [{"when": "silence", "minutes": 30}, {"when": "obstacle"}]
    assert level.asks_for == ["What was tried", "Since when"]
    page = text(client.get(f"/settings/escalation/paths/{path.pk}"))
    assert "nothing had happened for 30 minutes" in page
    assert "priority:critical" in text(client.get("/settings/escalation"))
    client.post(
        f"/settings/escalation/paths/{path.pk}/levels/{level.pk}", {"name": "Expert", "who": "lead", "way": "join"}
    )
    client.post(f"/settings/escalation/paths/{path.pk}/levels/{level.pk}/removal")
    assert not Level.objects.exists()


@pytest.mark.accepts("S2.20")
def test_an_admin_says_how_often_news_is_promised(client: Client, bea: Person) -> None:
    client.force_login(bea)
    client.post(
        "/settings/escalation/news/1",
        {"first_minutes": 15, "every_minutes": 60, "tell": ["requester"], "asks_next": "on", "is_active": "on"},
    )
    client.post("/settings/escalation/suppliers/new", {"name": "Cable Works", "answer_minutes": 60, "is_active": "on"})

    assert Protocol.objects.get(priority=1).every_minutes == 60
    assert Vendor.objects.get().name == "Cable Works"
    page = text(client.get("/settings/escalation"))
    assert "60 minutes" in page
    assert "Cable Works" in page


def test_a_requester_asks_for_somebody_higher_up_in_the_portal(client: Client, rosa: Person) -> None:
    ticket = open_ticket(rosa, "The line is dead", by=rosa)
    client.force_login(rosa)
    client.post(f"/requests/{ticket.pk}/chase", {"words": "We cannot sell"})

    assert Event.objects.filter(kind="ticket.chased", subject_id=ticket.pk).count() == 1
    again = client.post(f"/requests/{ticket.pk}/chase", {"words": "We cannot sell"})
    assert again.status_code == 422
    assert "already" in text(again)


def test_the_list_of_escalations_does_not_cost_more_with_more_of_them(
    client: Client, lin: Person, ada: Person, rosa: Person, django_assert_max_num_queries: Any
) -> None:
    client.force_login(lin)
    for number in range(12):
        ticket = open_ticket(rosa, f"Number {number}", by=rosa)
        client.post(f"/tickets/{ticket.pk}/escalation", {"whom": "person", "person": "Ada", "reason": "Please"})
    client.get("/escalations")
    with django_assert_max_num_queries(9):
        client.get("/escalations")
