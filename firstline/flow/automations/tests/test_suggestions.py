"""What people do by hand again and again is suggested, made into a draft in one press, or kept away."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from firstline.core.actions import NotAllowed, via
from firstline.flow.automations.actions.suggest import (
    count_repetitions,
    dismiss_suggestion,
    keep_repetitions,
    look_for_repetitions,
    make_of_suggestion,
)
from firstline.flow.automations.engine.repetitions import repetitions
from firstline.flow.automations.models import Automation, Suggestion, Version
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.edit import set_tags
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.settings import save_category
from firstline.work.tickets.models import Category, Ticket

db = pytest.mark.django_db


def opened(rosa: Any, category: Category, count: int, kind: str = "incident") -> list[Ticket]:
    return [open_ticket(rosa, f"It hums {n}", kind=kind, category=category, by=rosa) for n in range(count)]


@pytest.fixture
def printers(db: Any) -> Category:
    made = Category(name="Printers")
    return save_category(made, by=None)


@pytest.fixture
def paper(db: Any) -> Team:
    return open_team("Paper", by=None)


def shown(client: Client) -> str:
    return client.get("/automations/suggestions").content.decode()


@db
@pytest.mark.accepts("S1.92")
def test_the_same_by_hand_often_enough_is_suggested_with_its_numbers_and_becomes_a_draft(
    printers: Category, paper: Team, rosa: Any, ada: Any, lin: Any, bea: Any
) -> None:
    tickets = opened(rosa, printers, 12)
    for ticket in tickets[:9]:
        route(ticket, paper, by=ada)
    client = Client()
    client.force_login(bea)
    look_for_repetitions()
    assert not Suggestion.objects.exists()  # nine are not enough

    for ticket in tickets[9:11]:
        route(ticket, paper, by=bea)
    look_for_repetitions()

    (found,) = Suggestion.objects.all()
    assert (found.facts, found.deed) == ({"category": printers.pk}, {"do": "team", "value": paper.pk})
    assert (found.times, found.alike, found.people, found.days) == (11, 12, 2, 30)
    page = shown(client)
    assert "11 of 12 tickets (92 %) in 30 days" in page
    assert "Category is Printers" in page

    answered = client.post(f"/automations/suggestions/{found.pk}/making")

    made = Automation.objects.get()
    assert (made.owner, made.live, answered.headers["Location"]) == (bea, None, f"/automations/{made.pk}/trial")
    draft = Version.objects.get(automation=made)
    assert draft.state == "draft"
    assert draft.deeds == [{"do": "team", "value": paper.pk}]
    trial = client.get(f"/automations/{made.pk}/trial").content.decode()
    assert "It hums 11" in trial  # the one that nobody has handed over
    look_for_repetitions()
    assert "11 of 12" not in shown(client)


@db
def test_what_rules_do_or_only_some_tickets_need_is_not_suggested(
    printers: Category, paper: Team, rosa: Any, ada: Any, bea: Any
) -> None:
    for ticket in opened(rosa, printers, 12):
        with via("rule"):
            route(ticket, paper, by=bea)
    for ticket in opened(rosa, printers, 10):
        set_tags(ticket, ["hums"], by=ada)  # ten, but not eight of ten

    assert keep_repetitions(count_repetitions(), by=None) == 0


@db
def test_what_was_dismissed_stays_away_and_what_is_over_is_not_shown(
    printers: Category, rosa: Any, ada: Any, bea: Any
) -> None:
    for ticket in opened(rosa, printers, 10):
        set_tags(ticket, ["hums"], by=ada)
    keep_repetitions(count_repetitions(), by=None)
    found = Suggestion.objects.get()
    client, agent = Client(), Client()
    client.force_login(bea)
    agent.force_login(ada)
    assert "hums" in shown(client)
    assert agent.post(f"/automations/suggestions/{found.pk}/dismissal").status_code == 403
    with pytest.raises(NotAllowed):
        make_of_suggestion(found, by=ada)

    client.post(f"/automations/suggestions/{found.pk}/dismissal")
    keep_repetitions(count_repetitions(), by=None)

    assert "hums" not in shown(client)
    dismiss_suggestion(Suggestion.objects.get(), by=bea)
    opened(rosa, printers, 10)
    keep_repetitions(count_repetitions(), by=None)
    assert not Suggestion.objects.get().is_current


@db
def test_the_page_counts_nothing(printers: Category, rosa: Any, ada: Any, bea: Any) -> None:
    for ticket in opened(rosa, printers, 10):
        set_tags(ticket, ["hums"], by=ada)
    keep_repetitions(count_repetitions(), by=None)
    client = Client()
    client.force_login(bea)
    shown(client)

    with CaptureQueriesContext(connection) as captured:
        shown(client)

    assert not [query for query in captured if 'FROM "event"' in query["sql"] and "ticket." in query["sql"]]


@given(
    st.dictionaries(
        st.integers(1, 30), st.fixed_dictionaries({"kind": st.sampled_from("ab"), "category": st.integers(1, 2)})
    ),
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 3), st.just("team"), st.integers(1, 2)), max_size=60),
)  # fmt: skip
def test_every_suggestion_is_true_of_the_tickets_it_was_counted_from(tickets: Any, deeds: Any) -> None:
    for found in repetitions(tickets, deeds, least=3, share=0.8):
        alike = [number for number, facts in tickets.items() if found.facts <= set(facts.items())]
        done = {ticket for ticket, _who, what, value in deeds if ticket in alike and (what, value) == found.deed}
        assert (found.alike, found.times) == (len(alike), len(done))
        assert len(done) >= max(3, 0.8 * len(alike))
