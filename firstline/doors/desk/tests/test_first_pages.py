"""The first page of a view comes from a query made once: it must be the page that any other way would show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from firstline.core import clock
from firstline.core.actions import acting
from firstline.doors.desk import queues
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Status, Ticket
from firstline.work.tickets.queries import visible_to


@pytest.fixture
def many(ada: Person, lin: Person, rosa: Person) -> list[Ticket]:
    made = []
    begun = clock.now() - timedelta(hours=2)
    for number in range(57):
        with clock.set_to(begun + timedelta(minutes=number)):
            made.append(open_ticket(rosa, f"Printer {number}", impact=1 + number % 3, urgency=1 + number % 2, by=rosa))
    for number, ticket in enumerate(made):
        if number % 3:
            assign(ticket, ada if number % 2 else lin, by=ada)
    return made


@pytest.mark.parametrize("order", queues.ORDERS)
@pytest.mark.parametrize("view", [view.key for view in queues.VIEWS])
def test_it_is_the_page_that_is_asked_for_otherwise(view: str, order: str, many: list[Ticket], ada: Person) -> None:
    asked = queues.page(queues.rows(ada, view), order)
    quick = queues.first_page(ada, view, order)

    assert quick is None or quick == asked
    assert (quick is None) == (view in {"team", "late", "soon"} or order == "due")


def test_who_does_not_see_everything_never_gets_it(omar: Person, rosa: Person, ada: Person, hr: Team) -> None:
    assert queues.first_page(omar, "open", "priority") is None
    assert queues.first_page(rosa, "open", "priority") is None
    assert queues.first_page(ada, "open", "priority") is None  # there is a private team she is not in


def test_words_alone_find_what_they_find_as_a_condition(client: Client, many: list[Ticket], ada: Person) -> None:
    client.force_login(ada)

    first = client.get("/search?q=printer").content.decode()
    numbers = [f'/tickets/{ticket.pk}"' for ticket in many]

    assert [number in first for number in reversed(numbers)] == [True] * 50 + [False] * 7
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = client.get(f"/search{older}").content.decode()
    assert [number in rest for number in numbers] == [True] * 7 + [False] * 50


def test_the_name_of_a_status_is_no_markup(client: Client, ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Printer", by=rosa)
    with acting():
        Status.objects.filter(pk=ticket.status_id).update(name="<b>100% new</b>", requester_label="<i>5%</i>")

    for person, page in ((ada, "/queue"), (ada, "/search?q=printer"), (ada, f"/tickets/{ticket.pk}"), (rosa, "/")):
        client.force_login(person)
        shown = client.get(page).content.decode()
        assert "<b>100%" not in shown
        assert "<i>5%" not in shown
        assert "100% new" in shown or "5%" in shown
    assert visible_to(ada).get() == ticket
