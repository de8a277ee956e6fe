"""A path calls its levels by itself, each once, and by hand at any time (S2.1, S2.2, S2.14 to S2.18)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstline.core.actions import NotAllowed, Refused
from firstline.core.conditions import parse, to_json
from firstline.core.events.models import Event
from firstline.core.fields import Context
from firstline.flow.escalation.actions.answer import accept, end, note_vendor
from firstline.flow.escalation.actions.escalate import escalate
from firstline.flow.escalation.actions.obstacle import chase, clear_obstacle, flag_obstacle
from firstline.flow.escalation.actions.settings import save_level, save_path, save_vendor
from firstline.flow.escalation.actions.sweep import sweep
from firstline.flow.escalation.jobs import follow_open
from firstline.flow.escalation.models import Escalation, Path, Standing
from firstline.flow.sla.actions.agreement import Promised, save_agreement
from firstline.flow.sla.models import Agreement
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.rota import save_shift
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Shift, Team
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.edit import prioritise
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import change_status, reopen, resolve
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Participant, Status, Ticket
from firstline.work.tickets.queries import visible_to
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def condition(text: str) -> dict[str, Any]:
    return to_json(parse(text, catalogue, Context(trusted=True)))


@pytest.fixture
def engineer(network: Team) -> Person:
    return works_in(network, person("Eno", "agent"), is_lead=True)


@pytest.fixture
def architects(db: Any) -> Team:
    team = open_team("Architects", by=None)
    works_in(team, person("Archie", "agent"), is_lead=True)
    return team


@pytest.fixture
def manager(db: Any) -> Person:
    return person("Mona", "lead")


@pytest.fixture
def network_path(network: Team, engineer: Person, architects: Team, manager: Person) -> Path:
    """Level 2 engineer after an hour of silence, level 3 architect after two hours unaccepted, then the manager."""
    path = save_path(None, "Network", condition=condition("priority:critical,high"), by=None)
    save_level(path, None, "Engineer", who="team", team=network, way="hand_over",
               when=[{"when": "silence", "minutes": 60}, {"when": "obstacle"}, {"when": "asked"}],
               asks_for=["What was tried"], by=None)  # fmt: skip
    save_level(path, None, "Architect", who="team", team=architects,
               when=[{"when": "unaccepted", "minutes": 120}], by=None)  # fmt: skip
    save_level(
        path, None, "IT manager", who="person", person=manager, when=[{"when": "silence", "minutes": 300}], by=None
    )
    return path


def urgent(rosa: Person) -> Ticket:
    return open_ticket(rosa, "The whole site is offline", impact=1, urgency=1, by=rosa)


@pytest.mark.accepts("S2.17")
def test_a_path_runs_by_itself_from_the_engineer_to_the_manager(
    network_path: Path, rosa: Person, network: Team, manager: Person, at: Any
) -> None:
    with at(MONDAY) as clock:
        ticket = urgent(rosa)
        sweep()
        assert not Escalation.objects.exists()

        clock.move_to(MONDAY + timedelta(minutes=61))
        sweep()
        sweep()
        ticket.refresh_from_db()
        assert [e.level_name for e in Escalation.objects.order_by("id")] == ["Engineer"]
        assert ticket.team == network

        clock.move_to(MONDAY + timedelta(minutes=61 + 121))
        sweep()
        clock.move_to(MONDAY + timedelta(minutes=61 + 121 + 301))
        sweep()
        sweep()

    rows = list(Escalation.objects.order_by("id").values_list("level_name", "outcome", "because__when"))
    assert rows == [
        ("Engineer", "further", "silence"), ("Architect", "further", "unaccepted"), ("IT manager", "", "silence"),
    ]  # fmt: skip
    assert visible_to(manager).filter(pk=ticket.pk).exists()
    assert Participant.objects.filter(ticket=ticket, person=manager, role="collaborator").exists()


def test_an_answer_puts_the_next_level_off(network_path: Path, ada: Person, rosa: Person, at: Any) -> None:
    with at(MONDAY) as clock:
        ticket = urgent(rosa)
        clock.move_to(MONDAY + timedelta(minutes=59))
        note(ticket, "I am on it.", by=ada)
        clock.move_to(MONDAY + timedelta(minutes=61))
        sweep()
        assert not Escalation.objects.exists()

        clock.move_to(MONDAY + timedelta(minutes=120))
        sweep()

    assert Escalation.objects.count() == 1


@pytest.mark.accepts("S2.15")
def test_an_obstacle_calls_the_next_level_at_once_and_once(network_path: Path, ada: Person, rosa: Person) -> None:
    ticket = urgent(rosa)

    flag_obstacle(ticket, "The spare part is missing", by=ada)
    sweep()
    sweep()

    [called] = Escalation.objects.all()
    assert (called.level_name, called.because["when"]) == ("Engineer", "obstacle")
    clear_obstacle(ticket, by=ada)
    sweep()
    assert Escalation.objects.count() == 1


def test_the_requester_may_ask_for_somebody_higher_up_but_not_all_the_time(
    network_path: Path, rosa: Person, omar: Person
) -> None:
    ticket = urgent(rosa)
    with pytest.raises(NotAllowed):
        chase(ticket, "Mine!", by=omar)

    chase(ticket, "We cannot sell anything", by=rosa)
    sweep()
    with pytest.raises(Refused, match="already"):
        chase(ticket, by=rosa)

    assert Escalation.objects.get().because["when"] == "asked"


@pytest.mark.accepts("S2.16")
def test_by_hand_the_next_level_is_told_what_it_asks_for(
    network_path: Path, ada: Person, rosa: Person, network: Team
) -> None:
    ticket = urgent(rosa)
    assign(ticket, ada, by=ada)

    with pytest.raises(Refused, match="What was tried"):
        escalate(ticket, "Beyond me", by=ada)
    made = escalate(ticket, "Beyond me", told={"What was tried": "Restarted the router"}, by=ada)

    assert (made.level_name, made.step, made.by) == ("Engineer", 1, ada)
    assert made.told == {"What was tried": "Restarted the router"}
    assert (made.from_person, made.team) == (ada, network)


@pytest.mark.accepts("S2.2")
def test_somebody_can_be_pulled_in_and_the_owner_stays(ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Payroll is wrong", by=rosa)
    assign(ticket, ada, by=ada)

    made = escalate(ticket, "You know payroll", person=lin, by=ada)
    accept(made, by=lin)

    ticket.refresh_from_db()
    assert ticket.owner == ada
    assert Participant.objects.filter(ticket=ticket, person=lin, role="collaborator").exists()
    said = [Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, kind=kind).count()
            for kind in ("ticket.escalated", "ticket.escalation_accepted")]  # fmt: skip
    assert said == [1, 1]


def test_two_cannot_both_take_it_on(ada: Person, lin: Person, rosa: Person, bea: Person) -> None:
    ticket = open_ticket(rosa, "Payroll is wrong", by=rosa)
    made = escalate(ticket, "Who can?", person=lin, by=ada)
    accept(made, by=lin)

    with pytest.raises(Refused, match="Lin"):
        accept(made, by=bea)


@pytest.mark.accepts("S2.18")
def test_a_supplier_has_a_number_a_contact_and_a_clock_of_its_own(ada: Person, rosa: Person, at: Any) -> None:
    vendor = save_vendor(None, "Cable Works", contact="Ms Nguyen", phone="+84 1", answer_minutes=240, by=None)
    with at(MONDAY) as clock:
        ticket = open_ticket(rosa, "The line is cut", by=rosa)
        made = escalate(ticket, "Outside our house", vendor=vendor, by=ada)
        assert made.vendor_due_at == MONDAY + timedelta(hours=4)
        clock.move_to(MONDAY + timedelta(hours=1))
        note_vendor(made, reference="CW-7781", has_answered=True, by=ada)

    made.refresh_from_db()
    assert (made.vendor_reference, made.vendor_answered_at) == ("CW-7781", MONDAY + timedelta(hours=1))


def test_solving_ends_what_is_going_on_and_reopening_starts_the_path_again(
    network_path: Path, ada: Person, rosa: Person, at: Any
) -> None:
    with at(MONDAY) as clock:
        ticket = urgent(rosa)
        clock.move_to(MONDAY + timedelta(minutes=61))
        sweep()
        resolve(ticket, by=ada)
        assert not Standing.objects.filter(ticket=ticket).exists()
        assert Escalation.objects.get().outcome == "solved"
        sweep()

        clock.move_to(MONDAY + timedelta(hours=3))
        reopen(ticket, by=rosa)
        clock.move_to(MONDAY + timedelta(hours=4, minutes=1))
        sweep()

    assert [e.step for e in Escalation.objects.order_by("id")] == [1, 1]


def test_a_reopened_ticket_can_call_a_level_by_how_often(rosa: Person, ada: Person, manager: Person) -> None:
    path = save_path(None, "Comes back", by=None)
    save_level(path, None, "Manager", who="person", person=manager, when=[{"when": "reopened", "times": 2}], by=None)
    ticket = open_ticket(rosa, "The printer again", by=rosa)
    for _round in range(2):
        assert not Escalation.objects.exists()
        resolve(ticket, by=ada)
        reopen(ticket, by=rosa)
        sweep()

    assert Escalation.objects.get().because == {"when": "reopened", "times": 2}


def test_the_first_path_that_fits_counts_and_another_priority_changes_it(
    network_path: Path, rosa: Person, ada: Person
) -> None:
    calm = open_ticket(rosa, "A question", impact=3, urgency=3, by=rosa)
    assert not Standing.objects.filter(ticket=calm).exists()

    prioritise(calm, 1, reason="The minister called", by=ada)

    assert Standing.objects.get(ticket=calm).path == network_path


def test_a_level_without_anybody_is_an_alarm_and_is_said_once(rosa: Person, network: Team, at: Any) -> None:
    path = save_path(None, "Nobody there", by=None)
    save_level(path, None, "Lead", who="lead", when=[{"when": "silence", "minutes": 5}], by=None)
    with at(MONDAY) as clock:
        ticket = open_ticket(rosa, "Help", by=rosa)
        route(ticket, network, by=None)
        clock.move_to(MONDAY + timedelta(minutes=6))
        sweep()
        sweep()

    assert not Escalation.objects.exists()
    assert Event.objects.filter(kind="ticket.nobody_to_escalate_to", subject_id=ticket.pk).count() == 1


def test_what_came_of_it_is_kept(ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Reset my password", by=rosa)
    made = escalate(ticket, "I lack the right", person=lin, by=ada)

    end(made, "returned", first_level_could=True, missing="the right to reset passwords", by=lin)

    made.refresh_from_db()
    assert (made.outcome, made.first_level_could, made.missing) == ("returned", True, "the right to reset passwords")


def test_a_requester_escalates_nothing_and_a_stranger_sees_nothing(rosa: Person, omar: Person, lin: Person) -> None:
    ticket = open_ticket(rosa, "Help", by=rosa)
    for who in (rosa, omar):
        with pytest.raises(NotAllowed):
            escalate(ticket, "Up!", person=lin, by=who)


@pytest.mark.parametrize("value", [0, -5, 10**9, "60", True, None])
def test_times_without_sense_are_refused_with_a_sentence(value: Any, network: Team) -> None:
    path = save_path(None, "P", by=None)
    with pytest.raises(Refused, match="whole number"):
        save_level(path, None, "L", who="team", team=network, when=[{"when": "silence", "minutes": value}], by=None)


def test_following_costs_a_reply_nothing(network_path: Path, rosa: Person, ada: Person) -> None:
    ticket = urgent(rosa)
    reply(ticket, "We look.", by=ada)  # the first answer opens the ticket, and that is followed
    with CaptureQueriesContext(connection) as asked:
        reply(ticket, "It is the router.", by=ada)

    assert not [query for query in asked if "escalation_standing" in query["sql"]]


@pytest.fixture
def in_four_hours(db: Any) -> Agreement:
    """Critical tickets: an answer within an hour, a solution within four."""
    promised = [Promised("resolution", 1, 240), Promised("first_response", 1, 60)]
    return save_agreement(Agreement(name="Critical"), promised, by=None)


def clock_level(path: Path, team: Team, share: int, target: str = "resolution") -> None:
    when = [{"when": "clock", "share": share, "target": target}]
    save_level(path, None, f"{target} {share}", who="team", team=team, when=when, by=None)


@pytest.mark.accepts("S2.15")
def test_a_level_is_asked_when_a_share_of_the_agreed_time_is_used_up(
    at: Any, in_four_hours: Agreement, architects: Team, ada: Person, rosa: Person
) -> None:
    path = save_path(None, "By the clock", by=None)
    clock_level(path, architects, 50)
    with at(MONDAY) as hands:
        ticket = urgent(rosa)
        assert ticket.standing.due_at == MONDAY + timedelta(hours=2)

        hands.move_to(MONDAY + timedelta(hours=1))
        change_status(ticket, Status.objects.get(kind=ticket.kind, key="waiting-requester"), by=ada)
        assert Standing.objects.get(ticket=ticket).due_at is None  # the clock stands still, and so does the path

        hands.move_to(MONDAY + timedelta(hours=5))
        change_status(ticket, Status.objects.get(kind=ticket.kind, key="in-progress"), by=ada)
        assert Standing.objects.get(ticket=ticket).due_at == MONDAY + timedelta(hours=6)

        hands.move_to(MONDAY + timedelta(hours=5, minutes=59))
        sweep()
        assert not Escalation.objects.exists()
        hands.move_to(MONDAY + timedelta(hours=6))
        sweep()
        sweep()
    made = Escalation.objects.get()
    assert (made.team, made.because["share"]) == (architects, 50)


def test_an_answer_in_time_keeps_the_level_from_being_asked(
    at: Any, in_four_hours: Agreement, architects: Team, ada: Person, rosa: Person
) -> None:
    path = save_path(None, "By the clock", by=None)
    clock_level(path, architects, 75, "response")
    with at(MONDAY) as hands:
        ticket = urgent(rosa)
        assert ticket.standing.due_at == MONDAY + timedelta(minutes=45)
        hands.move_to(MONDAY + timedelta(minutes=30))
        reply(ticket, "We are on it", author=ada, by=ada)
        hands.move_to(MONDAY + timedelta(minutes=50))
        sweep()
    assert not Escalation.objects.exists()


def test_other_promises_move_the_level(at: Any, in_four_hours: Agreement, architects: Team, rosa: Person) -> None:
    path = save_path(None, "By the clock", by=None)
    clock_level(path, architects, 50)
    with at(MONDAY):
        ticket = urgent(rosa)
        save_agreement(in_four_hours, [Promised("resolution", 1, 120)], by=None)
        follow_open.call()
    assert Standing.objects.get(ticket=ticket).due_at == MONDAY + timedelta(hours=1)


def test_whoever_is_on_call_is_asked(at: Any, network: Team, engineer: Person, ada: Person, rosa: Person) -> None:
    path = save_path(None, "On call", by=None)
    silence = [{"when": "silence", "minutes": 60}]
    save_level(path, None, "On call", who="on_call", team=network, when=silence, by=None)
    called = works_in(network, person("Nina", "agent"))
    save_shift(
        network, name="Night", kind=Shift.Kind.ON_CALL, weekdays="1234567", begins=time(0), ends=time(0),
        first_day=MONDAY.date(), people=[called], by=None,
    )  # fmt: skip
    with at(MONDAY) as hands:
        urgent(rosa)
        hands.move_to(MONDAY + timedelta(minutes=61))
        sweep()
    assert Escalation.objects.get().person == called
