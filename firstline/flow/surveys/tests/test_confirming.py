"""Solved: is it? Asked, reminded, closed; opened again within days, followed by another ticket after that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.actions import Refused, acting
from firstline.core.calendars.actions.calendar import save_calendar
from firstline.core.calendars.models import Calendar
from firstline.core.events.models import Event
from firstline.core.preferences.actions.set import set_preference
from firstline.flow.sla.actions.agreement import Promised, save_agreement
from firstline.flow.sla.models import Agreement
from firstline.flow.surveys.jobs import step_due
from firstline.flow.surveys.models import Asking, Feedback, Survey
from firstline.flow.surveys.queries.shown import confirmation_of
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Membership
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.assign import take
from firstline.work.tickets.actions.confirm import confirm
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import reopen, resolve
from firstline.work.tickets.models import Link, Ticket
from tests.cast import person

MONDAY = datetime.fromisoformat("2026-06-01T09:00:00+00:00")


@pytest.fixture
def solved(rosa: Person, ada: Person) -> Ticket:
    """Solved by Ada on a Monday morning."""
    with clock.set_to(MONDAY):
        ticket = open_ticket(rosa, "No light in the stairwell", by=rosa)
        take(ticket, by=ada)
        resolve(ticket, by=ada)
    return ticket


def after(days: float) -> Any:
    return clock.set_to(MONDAY + timedelta(days=days))


def run() -> None:
    while step_due():
        pass
    step_due()


def asked(*ends: str) -> list[Event]:
    """The events that mails are written from."""
    kinds = [f"confirmation.{end}" for end in ends or ("asked", "reminded")]
    return list(Event.objects.filter(kind__in=kinds).order_by("id"))


@pytest.mark.accepts("S0.36")
def test_nobody_answers_so_it_is_reminded_once_and_closes_after_five_working_days(solved: Ticket) -> None:
    seen = []
    for day in range(9):
        with after(day + 0.01):
            run()
        solved.refresh_from_db()
        seen.append((solved.state, len(asked())))

    assert seen == [
        ("resolved", 1), ("resolved", 1), ("resolved", 2), ("resolved", 2), ("resolved", 2), ("resolved", 2),
        ("resolved", 2), ("closed", 2), ("closed", 2),
    ]  # fmt: skip
    assert confirmation_of(solved).outcome == "no_answer"  # type: ignore[union-attr]


@pytest.mark.accepts("S0.36")
@pytest.mark.parametrize(
    ("is_solved", "outcome", "state"), [(True, "confirmed", "closed"), (False, "not_confirmed", "open")]
)
def test_an_answer_ends_the_asking(solved: Ticket, rosa: Person, is_solved: bool, outcome: str, state: str) -> None:
    with after(1):
        confirm(solved, is_solved, by=rosa)

    with after(30):
        run()

    asking = confirmation_of(solved)
    assert asking is not None
    assert (asking.outcome, asking.answered_by, asking.next_due_at) == (outcome, rosa, None)
    solved.refresh_from_db()
    assert (solved.state, len(asked())) == (state, 1)


def test_work_that_goes_on_is_not_closed_and_not_asked_about(solved: Ticket, ada: Person) -> None:
    with after(1):
        reopen(solved, by=ada)

    with after(30):
        run()

    solved.refresh_from_db()
    assert (solved.state, confirmation_of(solved).outcome) == ("open", "taken_back")  # type: ignore[union-attr]
    assert Feedback.objects.get().expires_at == MONDAY + timedelta(days=1)


def test_zero_days_never_close(rosa: Person, ada: Person, bea: Person) -> None:
    set_preference("confirmation.closing_days_incident", "0", by=bea)
    with clock.set_to(MONDAY):
        ticket = open_ticket(rosa, "Dark", by=rosa)
        resolve(ticket, by=ada)

    for day in (3, 300):
        with after(day):
            run()

    ticket.refresh_from_db()
    assert (ticket.state, len(asked())) == ("resolved", 2)


@pytest.mark.parametrize(
    ("who", "expected"),
    [("requester", {"rosa"}), ("manager", {"mara"}), ("both", {"rosa", "mara"}), ("nobody", set())],
)
def test_the_manager_may_be_asked_instead_or_as_well(
    rosa: Person, ada: Person, bea: Person, who: str, expected: set[str]
) -> None:
    with acting():
        Membership(person=rosa, manager=person("Mara")).save()
    set_preference("confirmation.asked_incident", who, by=bea)

    ticket = open_ticket(rosa, "Dark", by=rosa)
    resolve(ticket, by=ada)

    assert {each.person.name.lower() for each in Feedback.objects.select_related("person")} == expected
    assert Asking.objects.get(ticket=ticket).closes_at is not None


def test_who_solved_it_is_not_asked(ada: Person) -> None:
    ticket = open_ticket(ada, "My own", by=ada)

    resolve(ticket, by=ada)

    assert Feedback.objects.count() == 0
    assert Asking.objects.get(ticket=ticket).closes_at is not None


@pytest.mark.accepts("S0.37")
def test_within_the_window_one_click_reopens_with_owner_and_history(solved: Ticket, rosa: Person, ada: Person) -> None:
    with after(1):
        confirm(solved, True, by=rosa)

    with after(7.9):
        reopen(solved, by=rosa)

    assert (solved.state, solved.owner, solved.reopen_count, Ticket.objects.count()) == ("open", ada, 1, 1)


@pytest.mark.abuse("A22")
def test_after_the_window_a_reply_opens_a_follow_up_that_is_linked(solved: Ticket, rosa: Person, ada: Person) -> None:
    with after(1):
        confirm(solved, True, by=rosa)

    with after(8.1):
        with pytest.raises(Refused):
            reopen(solved, by=rosa)
        with pytest.raises(Refused):
            confirm(solved, False, by=rosa)
        message = reply(solved, "Dark again.", by=rosa)

    new = message.ticket
    assert (new.subject, new.requester, new.state) == (solved.subject, rosa, "new")
    assert Link.objects.get().source == new
    assert Link.objects.get().target == solved
    solved.refresh_from_db()
    assert solved.state == "closed"
    with after(8.2):
        assert reopen(solved, by=ada).state == "open"  # the desk decides for itself


def test_people_are_not_asked_how_it_was_more_often_than_the_survey_says(
    rosa: Person, ada: Person, network: Team
) -> None:
    for day in (0, 5, 15):
        with after(day):
            resolve(open_ticket(rosa, f"Day {day}", by=rosa), by=ada)

    assert list(Feedback.objects.order_by("id").values_list("asks_to_rate", flat=True)) == [True, False, True]


def test_a_survey_for_others_and_one_that_nobody_is_drawn_for_ask_nothing(rosa: Person, ada: Person) -> None:
    with acting():
        Survey.objects.filter(occasion="ticket").update(condition="priority:critical")

    resolve(open_ticket(rosa, "Dark", by=rosa), by=ada)

    with acting():
        Survey.objects.filter(occasion="ticket").update(condition="", share=0)
    resolve(open_ticket(rosa, "Darker", by=rosa), by=ada)
    assert list(Feedback.objects.values_list("asks_to_rate", flat=True)) == [False, False]


def test_a_survey_may_ask_when_it_is_closed_instead(rosa: Person, ada: Person) -> None:
    with acting():
        Survey.objects.filter(occasion="ticket").update(moment="closed")
    ticket = open_ticket(rosa, "Dark", by=rosa)
    resolve(ticket, by=ada)

    confirm(ticket, True, by=rosa)

    rows = Feedback.objects.order_by("id").values_list("asking__outcome", "asks_to_rate")
    assert list(rows) == [("confirmed", False), (None, True)]


def test_closing_counts_the_working_days_that_were_agreed_on(rosa: Person, ada: Person) -> None:
    """Where people work from Sunday to Thursday, a week-end is Friday and Saturday."""
    hours = [["09:00", "17:00"]]
    gulf = save_calendar(
        Calendar(name="Gulf", zone="Asia/Dubai", week=dict.fromkeys(("sun", "mon", "tue", "wed", "thu"), hours)),
        by=None,
    )
    save_agreement(Agreement(name="Gulf", calendar=gulf), [Promised("resolution", 3, 600)], by=None)
    with clock.set_to(MONDAY):
        ticket = open_ticket(rosa, "No light in the stairwell", by=rosa)
        take(ticket, by=ada)
        resolve(ticket, by=ada)

    closes = Asking.objects.get(ticket=ticket).closes_at

    # Tuesday, Wednesday, Thursday, Sunday, Monday
    assert closes == MONDAY + timedelta(days=7)
    with clock.set_to(MONDAY - timedelta(days=1)):
        sunday = open_ticket(rosa, "Still dark", by=rosa)
        resolve(sunday, by=ada)
    assert Asking.objects.get(ticket=sunday).closes_at == MONDAY + timedelta(days=6)
