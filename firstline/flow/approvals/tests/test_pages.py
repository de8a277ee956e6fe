"""The pages, as approvers, requesters, leads and admins use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.actions.decide import ask_for_more, decide
from firstline.flow.approvals.engine.plans import Asked, Plan, Quorum, Who
from firstline.flow.approvals.models import Approval, Meeting, Rule, StandIn
from firstline.people.accounts.models import Person
from firstline.people.organisations.actions.belong import belong
from firstline.people.organisations.actions.organisation import save_organisation
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.open import open_ticket
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


def of(*people: Person, **more: Any) -> Plan:
    return Plan(who=tuple(Asked(Who.PERSON, each.pk) for each in people), **more)


def asked(requester: Person, subject: str, *plans: Plan, **more: Any) -> Approval:
    return ask(open_ticket(requester, subject, kind="request", by=requester), plans, by=None, **more)


@pytest.mark.accepts("S0.13")
def test_an_approver_without_a_role_decides_on_one_page(
    client: Client, rosa: Person, omar: Person, lin: Person
) -> None:
    approval = asked(rosa, "A licence for drawing", of(omar, lin, quorum=Quorum.ALL), words="For the fair.", cost=640)
    decide(approval, True, comment="Fine with me.", by=lin)
    client.force_login(omar)

    assert "A licence for drawing" in text(client.get("/approvals"))
    page = text(client.get(f"/approvals/{approval.pk}"))
    for words in ("Rosa", "640", "For the fair.", "Fine with me.", "Lin"):
        assert words in page
    silent = client.post(f"/approvals/{approval.pk}/decision", {"says": "refuse", "comment": " "})
    assert (silent.status_code, "Say why" in text(silent)) == (422, True)
    done = client.post(f"/approvals/{approval.pk}/decision", {"says": "refuse", "comment": "Too dear."}, follow=True)

    assert "Refused." in text(done)
    assert Approval.objects.get().state == "refused"
    assert "Too dear." in text(client.get("/approvals?show=decided"))


def test_strangers_do_not_learn_that_it_exists(client: Client, rosa: Person, omar: Person, lin: Person) -> None:
    approval = asked(rosa, "A licence", of(lin))
    client.force_login(omar)

    for address in ("", "/decision", "/question", "/answer", "/delegation", "/reminder", "/withdrawal", "/approver"):
        verb = client.post if address else client.get
        assert verb(f"/approvals/{approval.pk}{address}", {"says": "grant"}).status_code == 404
    assert Approval.objects.get().state == "waiting"


def test_a_requester_sees_who_is_waited_for_and_answers_a_question(client: Client, rosa: Person, lin: Person) -> None:
    approval = asked(rosa, "A licence", of(lin))
    client.force_login(rosa)
    assert "Waiting for Lin" in text(client.get(f"/requests/{approval.ticket_id}"))
    ask_for_more(approval, "For how many?", by=lin)

    assert "For how many?" in text(client.get(f"/approvals/{approval.pk}"))
    client.post(f"/approvals/{approval.pk}/answer", {"words": "Five people."})

    assert Approval.objects.get().state == "waiting"
    client.force_login(lin)
    assert "Five people." in text(client.get(f"/approvals/{approval.pk}"))


def test_several_are_decided_at_once_and_what_could_not_be_is_told(
    client: Client, rosa: Person, omar: Person, lin: Person
) -> None:
    first, second = asked(rosa, "One", of(omar)), asked(rosa, "Two", of(omar, lin))
    others = asked(rosa, "Not mine", of(lin))
    client.force_login(omar)
    seats = [each.stages.get().seats.order_by("id")[0].pk for each in (first, second, others)]
    decide(second, True, by=lin)  # a moment before

    done = text(client.post("/approvals/decisions", {"seat": seats, "says": "grant"}, follow=True))

    assert "1 is decided." in done
    assert f"#{second.ticket_id}" in done
    assert [Approval.objects.get(pk=each.pk).state for each in (first, second, others)] == [
        "granted", "granted", "waiting",
    ]  # fmt: skip


def test_my_approvals_can_be_searched(client: Client, rosa: Person, omar: Person) -> None:
    licence = asked(rosa, "A licence", of(omar))
    asked(rosa, "A printer", of(omar))
    client.force_login(omar)

    for words in ("licence", "LICENCE", f"#{licence.ticket_id}", str(licence.ticket_id)):
        found = text(client.get("/approvals", {"q": words}))
        assert ("A licence" in found, "A printer" in found) == (True, False)
    assert "A printer" in text(client.get("/approvals", {"q": "rosa"}))
    assert "Nothing found" in text(client.get("/approvals", {"q": "elephant"}))


@pytest.mark.parametrize(
    "address", ["/approvals", "/approvals?show=decided", "/approvals?show=asked", "/approvals/waiting"]
)
def test_a_list_costs_the_same_for_three_and_for_sixty(
    client: Client, rosa: Person, lin: Person, omar: Person, address: str
) -> None:
    client.force_login(lin)

    def some(many: int) -> None:
        for number in range(many):
            asked(lin, f"Mine {number}", of(omar))
            decide(asked(rosa, f"Done {number}", of(lin)), True, by=lin)
            asked(rosa, f"Hers {number}", of(lin))

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked_of_it:
            assert client.get(address).status_code == 200
        # Every other second some page looks whether settings have changed: which one is chance.
        return len([each for each in asked_of_it.captured_queries if '"preference"' not in each["sql"]])

    some(3)
    few = cost()
    some(20)

    assert cost() == few
    assert few <= 14


def test_pages_follow_one_another(client: Client, rosa: Person, omar: Person) -> None:
    for number in range(53):
        asked(rosa, f"Thing {number:02}", of(omar))
    client.force_login(omar)

    first = client.get("/approvals")
    assert text(first).count('name="seat"') == 50
    older = text(first).split("?after=")[1].split('"')[0]
    assert text(client.get(f"/approvals?after={older}")).count('name="seat"') == 3
    assert client.get("/approvals?after=rubbish").status_code == 200


def test_who_does_not_see_other_people_passes_it_on_to_a_colleague_by_address(
    client: Client, rosa: Person, omar: Person
) -> None:
    tide = save_organisation(None, name="Tide", by=None)
    farid, stranger = person("Farid"), person("Xenia")
    for each in (omar, farid):
        belong(each, organisation=tide, by=None)
    approval = asked(rosa, "A licence", of(omar))
    client.force_login(omar)

    refused = client.post(f"/approvals/{approval.pk}/delegation", {"to-person": stranger.email})
    assert refused.status_code == 422
    client.post(f"/approvals/{approval.pk}/delegation", {"to-person": farid.email})

    assert approval.stages.get().seats.get().person == farid
    assert "Farid" in text(client.get(f"/approvals/{approval.pk}"))


def test_a_stand_in_is_named_and_taken_back(client: Client, lin: Person, ada: Person) -> None:
    client.force_login(lin)
    today = clock.now().date()

    client.post(
        "/approvals/stand-ins", {"person": "Ada", "first_day": str(today), "last_day": str(today + timedelta(days=3))}
    )
    arranged = StandIn.objects.get()
    assert (arranged.to, arranged.has_begun) == (ada, True)
    assert "Ada" in text(client.get("/approvals/stand-ins"))
    client.force_login(ada)
    assert client.post(f"/approvals/stand-ins/{arranged.pk}/removal").status_code == 404
    assert "You decide for" in text(client.get("/approvals/stand-ins"))
    client.force_login(lin)
    client.post(f"/approvals/stand-ins/{arranged.pk}/removal")

    assert StandIn.objects.get().has_ended


@pytest.mark.accepts("S0.15", "S4.14")
def test_an_admin_builds_a_rule_without_code_and_reads_it_as_a_sentence(
    client: Client, bea: Person, lin: Person, omar: Person, rosa: Person
) -> None:
    client.force_login(bea)
    client.post(
        "/settings/approval-rules/new",
        {"name": "Hardware", "condition": "kind:request", "position": "1", "holds": "on", "is_active": "on",
         "on_refusal": "stay"},
    )  # fmt: skip
    rule = Rule.objects.get()
    stages = f"/settings/approval-rules/{rule.pk}/stages/new"
    nobody = client.post(stages, {"who": "person", "people": "", "quorum": "any", "on_expiry": "refuse"})
    assert (nobody.status_code, "Say who." in text(nobody)) == (422, True)
    client.post(
        stages, {"who": "person", "people": "Lin, Omar", "quorum": "any", "has_veto": "on", "on_expiry": "refuse"}
    )
    client.post(
        stages, {"who": "manager", "quorum": "any", "has_veto": "on", "cost_over": "500", "on_expiry": "refuse"}
    )

    page = text(client.get("/settings/approval-rules"))
    assert "first Lin or Omar, then the requester’s manager if it costs more than 500 EUR" in page
    stage = rule.stages.order_by("position")[0]
    shown = text(client.get(f"/settings/approval-rules/{rule.pk}/stages/{stage.pk}"))
    assert "lin@example.org, omar@example.org" in shown
    open_ticket(rosa, "A laptop", kind="request", by=rosa)
    assert {seat.person.name for seat in Approval.objects.get().stages.all()[0].seats.all()} == {"Lin", "Omar"}
    client.post(f"/settings/approval-rules/{rule.pk}/stages/{stage.pk}/removal")
    assert rule.stages.count() == 1


@pytest.mark.accepts("S4.10")
def test_an_admin_signs_off_what_is_without_risk(client: Client, bea: Person, rosa: Person) -> None:
    client.force_login(bea)
    client.post(
        "/settings/approval-rules/new",
        {"name": "A mouse", "condition": "kind:request", "position": "1", "is_active": "on", "on_refusal": "stay"},
    )
    rule = Rule.objects.get()
    past = client.post(f"/settings/approval-rules/{rule.pk}/sign-off", {"until": "2020-01-01"})
    assert (past.status_code, "This day is over." in text(past)) == (422, True)
    client.post(f"/settings/approval-rules/{rule.pk}/sign-off", {"until": "2099-01-01", "up_to": ""})

    assert "signed by Bea" in text(client.get("/settings/approval-rules"))
    ticket = open_ticket(rosa, "A mouse", kind="request", by=rosa)
    assert "Approved beforehand" in text(client.get(f"/tickets/{ticket.pk}/panels"))
    assert "Bea had signed the rule" in text(client.get(f"/tickets/{ticket.pk}"))
    client.post(f"/settings/approval-rules/{rule.pk}/sign-off", {"says": "take_back"})
    assert Rule.objects.get().signed_by is None


def test_an_agent_asks_by_hand(client: Client, ada: Person, rosa: Person, lin: Person) -> None:
    ticket = open_ticket(rosa, "A licence", by=rosa)
    client.force_login(ada)
    assert "Ask for an approval" in text(client.get(f"/tickets/{ticket.pk}/panels"))

    client.post(
        f"/tickets/{ticket.pk}/approval",
        {"title": "A licence", "who": "person", "people": "Lin", "quorum": "any", "hours": "8", "holds": "on",
         "cost": "12.50"},
    )  # fmt: skip

    approval = Approval.objects.get()
    assert (str(approval.cost), approval.asked_by, approval.stages.get().seats.get().person) == ("12.50", ada, lin)


@pytest.mark.accepts("S0.50")
def test_the_report_shows_what_is_never_refused_and_its_hours(
    client: Client, lin: Person, rosa: Person, omar: Person
) -> None:
    begun = clock.now() - timedelta(days=10)
    for number in range(6):
        with clock.set_to(begun):
            approval = asked(rosa, f"Mouse {number}", of(omar), title="A mouse")
        with clock.set_to(begun + timedelta(hours=5)):
            decide(approval, True, by=omar)
    for number in range(6):
        with clock.set_to(begun):
            approval = asked(rosa, f"Car {number}", of(omar), title="A car")
        with clock.set_to(begun + timedelta(hours=1)):
            decide(approval, bool(number), comment="No.", by=omar)
    client.force_login(lin)

    page = text(client.get("/approvals/value"))

    assert page.count("Approve it beforehand") == 1
    assert page.index("A mouse") < page.index("A car")
    assert "30" in page  # six times five hours
    assert client.get("/approvals/value?days=30").status_code == 200


def test_a_lead_sees_what_waits_longest_and_for_whom(client: Client, lin: Person, rosa: Person, omar: Person) -> None:
    with clock.set_to(clock.now() - timedelta(days=4)):
        asked(rosa, "The oldest", of(omar))
    asked(rosa, "A newer one", of(lin))
    client.force_login(lin)

    page = text(client.get("/approvals/waiting"))

    assert page.index("The oldest") < page.index("A newer one")
    only = text(client.get(f"/approvals/waiting?person={omar.pk}"))
    assert ("The oldest" in only, "A newer one" in only) == (True, False)
    client.force_login(omar)
    assert client.get("/approvals/waiting").status_code in {403, 404}


def test_a_board_decides_its_agenda_in_one_sitting(
    client: Client, lin: Person, ada: Person, rosa: Person, network: Team
) -> None:
    works_in(network, lin, is_lead=True)
    works_in(network, ada)
    board = Plan(who=(Asked(Who.TEAM, network.pk),), quorum=Quorum.ALL, is_meeting=True)
    wall, cable, later = (asked(rosa, each, board) for each in ("New firewall", "New cable", "New roof"))
    client.force_login(lin)
    client.post("/approvals/meetings", {"name": "Change board", "team": network.pk, "at": "2030-01-01T10:00"})
    meeting = Meeting.objects.get()
    agenda = text(client.get(f"/approvals/meetings/{meeting.pk}"))
    assert all(each in agenda for each in ("New firewall", "New cable", "New roof"))

    said = {f"says_{wall.stages.get().pk}": "grant", f"says_{cable.stages.get().pk}": "refuse",
            f"comment_{cable.stages.get().pk}": "Next year.", f"says_{later.stages.get().pk}": "",
            "attended": [ada.pk], "minutes": "We talked."}  # fmt: skip
    client.post(f"/approvals/meetings/{meeting.pk}", said)

    assert [Approval.objects.get(pk=each.pk).state for each in (wall, cable, later)] == [
        "granted", "refused", "waiting",
    ]  # fmt: skip
    page = text(client.get(f"/approvals/meetings/{meeting.pk}"))
    assert "We talked." in page
    assert page.index("New roof") < page.index("Decided in this meeting")
    client.force_login(ada)  # a member reads; only whoever leads decides
    client.post(f"/approvals/meetings/{meeting.pk}", {f"says_{later.stages.get().pk}": "grant"})
    assert Approval.objects.get(pk=later.pk).state == "waiting"
    client.force_login(rosa)
    assert client.get(f"/approvals/meetings/{meeting.pk}").status_code == 404
