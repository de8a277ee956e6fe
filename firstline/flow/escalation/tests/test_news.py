"""Promised news, major incidents, hand-overs (S2.19 to S2.25, S2.42)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstline.core.actions import Refused
from firstline.core.events.models import Event
from firstline.flow.escalation.actions.hand_over import accept_hand_over, hand_over
from firstline.flow.escalation.actions.major import declare_major, end_major, name_stakeholder, write_report
from firstline.flow.escalation.actions.news import tell_news
from firstline.flow.escalation.actions.settings import save_protocol
from firstline.flow.escalation.actions.sweep import sweep
from firstline.flow.escalation.models import NewsClock
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import close, resolve
from firstline.work.tickets.models import Ticket
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def hourly(db: Any) -> None:
    save_protocol(1, every_minutes=60, first_minutes=15, tell=["requester", "affected"], by=None)


def urgent(rosa: Person) -> Ticket:
    return open_ticket(rosa, "The whole site is offline", impact=1, urgency=1, by=rosa)


def late(ticket: Ticket) -> int:
    return Event.objects.filter(kind="ticket.news_late", subject_id=ticket.pk).count()


@pytest.mark.accepts("S2.24")
def test_news_is_due_every_hour_and_late_news_is_an_alarm_once(
    hourly: None, ada: Person, rosa: Person, at: Any
) -> None:
    with at(NOON) as clock:
        ticket = urgent(rosa)
        assert NewsClock.objects.get(ticket=ticket).due_at == NOON + timedelta(minutes=15)

        clock.move_to(NOON + timedelta(minutes=16))
        sweep()
        sweep()
        assert late(ticket) == 1

        told = tell_news(
            ticket, "We found the cable", coming="Splice it", expected_at=NOON + timedelta(hours=3), by=ada
        )
        assert told.late_seconds == 60
        assert NewsClock.objects.get(ticket=ticket).due_at == NOON + timedelta(minutes=76)

        clock.move_to(NOON + timedelta(minutes=70))
        again = tell_news(ticket, "Half done", coming="The rest", expected_at=NOON + timedelta(hours=3), by=ada)
        sweep()

    assert again.late_seconds == 0
    assert late(ticket) == 1


@pytest.mark.accepts("S2.22")
def test_news_says_what_comes_next_and_when_it_will_end(hourly: None, ada: Person, rosa: Person) -> None:
    ticket = urgent(rosa)
    with pytest.raises(Refused, match="what comes next"):
        tell_news(ticket, "We look", by=ada)

    tell_news(ticket, "We look", done="Called the carrier", coming="They send a van", expected_at=NOON, by=ada)

    text = Message.objects.filter(ticket=ticket, visibility="public").latest("id").text
    assert "We look" in text
    assert "Called the carrier" in text
    assert "They send a van" in text


def test_a_solved_ticket_promises_nothing_more(hourly: None, ada: Person, rosa: Person) -> None:
    ticket = urgent(rosa)
    resolve(ticket, by=ada)

    assert not NewsClock.objects.filter(ticket=ticket).exists()


@pytest.mark.accepts("S2.25")
def test_a_major_incident_is_closed_with_its_report_only(hourly: None, lin: Person, rosa: Person, bea: Person) -> None:
    ticket = open_ticket(rosa, "Mail is down", by=rosa)
    major = declare_major(ticket, notice="Mail is down; we work on it.", by=lin)
    name_stakeholder(major, bea, by=lin)
    ticket.refresh_from_db()
    assert ticket.priority == 1

    end_major(major, by=lin)
    resolve(ticket, by=lin)
    with pytest.raises(Refused, match="report"):
        close(ticket, by=lin)
    ticket.refresh_from_db()
    assert ticket.state == "resolved"

    with pytest.raises(Refused, match="not finished"):
        write_report(major, root_cause="A full disk", is_finished=True, by=lin)
    write_report(
        major, summary="No mail for two hours", root_cause="A full disk", steps="Freed it", prevention="Watch it",
        is_finished=True, by=lin,
    )  # fmt: skip
    close(ticket, by=lin)
    ticket.refresh_from_db()
    assert ticket.state == "closed"


@pytest.fixture
def berlin(db: Any) -> Team:
    team = open_team("Berlin", by=None)
    works_in(team, person("Bert", "agent"), is_lead=True)
    return team


@pytest.fixture
def hanoi(db: Any) -> Team:
    team = open_team("Hanoi", by=None)
    works_in(team, person("Hoa", "agent"), is_lead=True)
    return team


@pytest.mark.accepts("S2.42")
def test_a_hand_over_moves_tickets_only_when_the_next_region_accepts(
    berlin: Team, hanoi: Team, rosa: Person, ada: Person, at: Any
) -> None:
    bert, hoa = berlin.memberships.get().person, hanoi.memberships.get().person
    with at(NOON) as clock:
        ticket = urgent(rosa)
        route(ticket, berlin, by=None)
        assign(ticket, bert, by=bert)
        tell_news(ticket, "The line is being spliced", coming="Test it", by=bert)
        handed = hand_over(berlin, hanoi, [ticket], note="Call the carrier at six", by=bert)
        assert handed.tickets.get().state == "The line is being spliced – Test it"
        ticket.refresh_from_db()
        assert ticket.team == berlin

        clock.move_to(NOON + timedelta(minutes=31))
        sweep()
        sweep()
        assert Event.objects.filter(kind="team.hand_over_late").count() == 1

        with pytest.raises(Refused, match="Hanoi"):
            accept_hand_over(handed, by=ada)
        accept_hand_over(handed, by=hoa)

    ticket.refresh_from_db()
    assert (ticket.team, ticket.owner) == (hanoi, None)


def test_what_was_solved_in_the_meantime_is_not_handed_over(
    berlin: Team, hanoi: Team, rosa: Person, ada: Person
) -> None:
    ticket = urgent(rosa)
    route(ticket, berlin, by=None)
    handed = hand_over(berlin, hanoi, [ticket], by=ada)
    resolve(ticket, by=ada)

    accept_hand_over(handed, by=hanoi.memberships.get().person)

    ticket.refresh_from_db()
    assert ticket.team == berlin
