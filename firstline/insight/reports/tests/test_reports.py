"""How the desk stands: figures that can be counted by hand, for whoever may see the tickets."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.core.events.models import Event
from firstline.flow.sla.actions.agreement import Promised, save_agreement
from firstline.flow.sla.models import Agreement
from firstline.insight.reports.jobs import watch_backlogs
from firstline.insight.reports.notices import tell_the_leads
from firstline.insight.reports.queries import days_of, shifts_compared, team_loads, waits_of
from firstline.people.accounts.models import Person
from firstline.people.notifications.models import Notice
from firstline.people.teams.actions.rota import save_shift, set_place
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import change_status, resolve
from firstline.work.tickets.models import Status, Ticket
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def opened(rosa: Person, at: datetime, team: Team | None = None) -> Ticket:
    with clock.set_to(at):
        return open_ticket(rosa, "It hums", team=team, by=rosa)


def solved(ticket: Ticket, agent: Person, at: datetime) -> None:
    with clock.set_to(at):
        resolve(ticket, by=agent)


def test_each_day_says_what_came_what_went_and_what_was_left(rosa: Person, ada: Person) -> None:
    tickets = [opened(rosa, MONDAY + timedelta(days=day)) for day in (0, 0, 1, 3)]
    solved(tickets[0], ada, MONDAY + timedelta(days=1))
    solved(tickets[1], ada, MONDAY + timedelta(days=3))

    with clock.set_to(MONDAY + timedelta(days=4)):
        found = days_of(Ticket.objects.all(), 6)

    assert [(day.opened, day.solved, day.open) for day in found] == [
        (0, 0, 0), (2, 0, 2), (1, 1, 2), (0, 0, 2), (1, 1, 2), (0, 0, 2),
    ]  # fmt: skip


def test_teams_stand_side_by_side_with_what_is_late_and_whose_it_is_not(
    rosa: Person, ada: Person, lin: Person, network: Team
) -> None:
    first, _second = opened(rosa, MONDAY, network), opened(rosa, MONDAY + timedelta(hours=1), network)
    opened(rosa, MONDAY)
    assign(first, ada, by=None)

    loads = team_loads(lin)

    assert [(load.team, load.open, load.unowned) for load in loads] == [(network, 2, 1), (None, 1, 1)]
    assert loads[0].oldest == MONDAY


@pytest.fixture
def shifts(network: Team) -> tuple[Person, Person]:
    set_place(network, time_zone="UTC", by=None)
    early, late = works_in(network, person("Eva", "agent")), works_in(network, person("Lars", "agent"))
    for name, begins, ends, who in (("Early", 6, 14, early), ("Late", 14, 22, late)):
        save_shift(
            network, name=name, weekdays="12345", begins=time(begins), ends=time(ends), first_day=MONDAY.date(),
            people=[who], by=None,
        )  # fmt: skip
    return early, late


@pytest.mark.accepts("S0.42", "S3.15")
def test_the_page_says_in_which_status_the_time_went(client: Client, rosa: Person, ada: Person, lin: Person) -> None:
    waiting = Status.objects.get(kind="incident", key="waiting-other")
    for hours in (10, 20, 60):
        one = opened(rosa, MONDAY)
        with clock.set_to(MONDAY + timedelta(hours=2)):
            change_status(one, waiting, by=ada)
        solved(one, ada, MONDAY + timedelta(hours=2 + hours))
    opened(rosa, MONDAY)

    with clock.set_to(MONDAY + timedelta(days=4)):
        found = waits_of(Ticket.objects.all(), 7)
        client.force_login(lin)
        page = client.get("/reports?days=7").content.decode()

    assert [(wait.status.key, wait.tickets, wait.total, wait.median) for wait in found] == [
        ("waiting-other", 3, timedelta(hours=90), timedelta(hours=20)),
        ("new", 3, timedelta(hours=6), timedelta(hours=2)),
    ]
    assert page.index("Incident: Waiting") < page.index("Incident: New")


@pytest.mark.accepts("S0.65")
def test_shifts_are_compared_by_the_tickets_that_came_in_while_they_were_on(
    client: Client, rosa: Person, lin: Person, network: Team, shifts: tuple[Person, Person]
) -> None:
    promised = [Promised("first_response", priority, 60) for priority in (3, 4)]
    save_agreement(Agreement(name="All"), promised, by=None)
    for hour, minutes in ((9, 10), (10, 20), (11, 30), (15, 90), (16, 100)):
        ticket = opened(rosa, MONDAY.replace(hour=hour), network)
        with clock.set_to(MONDAY.replace(hour=hour) + timedelta(minutes=minutes)):
            reply(ticket, "We are on it", author=shifts[0], by=shifts[0])
    opened(rosa, MONDAY.replace(hour=23), network)

    with clock.set_to(MONDAY + timedelta(days=1)):
        found = shifts_compared(lin, days=7, teams=[network])

    assert [(each.shift and each.shift.name, each.count, each.answered_in, each.late_percent) for each in found] == [
        ("Early", 3, 1200.0, 0), ("Late", 2, 5700.0, 100), (None, 1, None, 0),
    ]  # fmt: skip
    assert all(each.is_thin for each in found)
    client.force_login(lin)
    with clock.set_to(MONDAY + timedelta(days=1)):
        page = client.get("/reports?days=7").content.decode()
    assert all(words in page for words in ("Network: Early", "Network: Late", "of 3", "of 2"))


@pytest.mark.accepts("S0.55", "S0.66")
def test_a_pile_that_grows_is_told_to_the_lead_once_and_seen_on_the_page(
    client: Client, rosa: Person, ada: Person, lin: Person, network: Team
) -> None:
    lead = works_in(network, person("Leo", "lead"), is_lead=True)
    for day in range(40):
        one = opened(rosa, MONDAY + timedelta(days=day), network)
        if day < 30:
            solved(one, ada, MONDAY + timedelta(days=day, hours=3))
    for day in range(34, 40):
        for _more in range(6):
            opened(rosa, MONDAY + timedelta(days=day), network)

    with clock.set_to(MONDAY + timedelta(days=40)):
        watch_backlogs.call()
        watch_backlogs.call()

    event = Event.objects.get(kind="team.backlog_grew")
    assert (event.subject_id, event.facts["net"]) == (network.pk, 43)
    tell_the_leads(event)
    notice = Notice.objects.get(person=lead)
    assert (notice.kind, notice.facts["net"]) == ("reports.backlog", 43)
    client.force_login(lin)
    with clock.set_to(MONDAY + timedelta(days=40)):
        assert "The work piles up" in client.get(f"/reports?team={network.pk}").content.decode()
    with clock.set_to(MONDAY + timedelta(days=30)):
        assert "The work piles up" not in client.get(f"/reports?team={network.pk}").content.decode()


def test_the_page_shows_what_its_reader_may_see_in_the_same_number_of_questions(
    client: Client, rosa: Person, lin: Person, ada: Person, network: Team, shifts: Any
) -> None:
    with clock.set_to(MONDAY.replace(hour=10)):
        opened(rosa, MONDAY, network)
        client.force_login(lin)
        client.get("/reports")
        with CaptureQueriesContext(connection) as few:
            page = client.get("/reports").content.decode()
        for number in range(30):
            opened(rosa, MONDAY - timedelta(minutes=number), network)
        with CaptureQueriesContext(connection) as many:
            client.get("/reports?days=7")

    assert "Network" in page
    assert len(many) <= len(few) + 1
    client.force_login(ada)
    assert client.get("/reports").status_code == 403
