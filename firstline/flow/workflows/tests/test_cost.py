"""What runs cost: statements and transactions of a step, and pages that stay the same however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Run, Step, Version
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket
from tests.cast import works_in

from .documents import LAPTOP, PLAIN, workflow
from .test_runs import published

pytestmark = pytest.mark.django_db

BY_CHANCE = '"preference"'  # every other second some action looks whether settings have changed


def asked(work: Callable[[], object]) -> list[str]:
    """The statements of some work."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured if BY_CHANCE not in query["sql"]]


def kinds(statements: list[str]) -> Counter[str]:
    return Counter(sql.split()[0] for sql in statements)


@pytest.fixture
def ticket(rosa: Any, network: Any) -> Ticket:
    return open_ticket(rosa, "A new laptop", kind="request", team=network, by=rosa)


def test_a_human_step_is_one_transaction_of_few_statements(ticket: Ticket, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 20}, by=lin)
    step = as_the_page_reads_it(run, "order")

    statements = asked(lambda: answer(step, data={"asset": "LT-7"}, by=lin))

    # Read: ticket, run, steps, task. Written: task, how far the ticket is, event; run, input, step, timer.
    assert kinds(statements) == {"SAVEPOINT": 1, "SELECT": 4, "UPDATE": 3, "INSERT": 3, "DELETE": 1, "RELEASE": 1}, (
        [sql[:90] for sql in statements]
    )  # fmt: skip


def test_a_step_costs_the_same_whatever_the_run_has_behind_it(ticket: Ticket, lin: Any, bea: Any) -> None:
    again = workflow("steps:", "- {kind: start, id: begin, next: look}",
                     "- {kind: task, id: look, who: ['person:lin@example.org'], answers: [again, enough], next: "
                     "[{to: look, outcome: again}, {to: end, otherwise: true}]}",
                     "- {kind: end, id: end}")  # fmt: skip
    run = start(ticket, published(again, bea), by=lin)

    def once() -> Counter[str]:
        step = as_the_page_reads_it(run, "look")
        return kinds(asked(lambda: answer(step, "again", by=lin)))

    first = once()
    following = [once() for _turn in range(30)]

    assert following == [first] * 30
    assert sum(first.values()) <= 24, first  # a task that opens another one, for somebody else


def as_the_page_reads_it(run: Run, step: str) -> Step:
    found = Step.objects.select_related("run__version__workflow", "run__ticket__team", "person", "team")
    return found.get(run=run, step=step, is_open=True)


def test_a_step_answered_in_the_browser_is_at_most_two_transactions(ticket: Ticket, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 20}, by=lin)
    step = Step.objects.get(run=run, step="order")
    client = Client()
    client.force_login(lin)
    client.get(f"/runs/steps/{step.pk}")

    def post() -> None:
        assert client.post(f"/runs/steps/{step.pk}", {"outcome": "done", "field_asset": "LT-7"}).status_code == 302

    statements = asked(post)

    step.refresh_from_db()
    assert step.how == "done"
    # The step; what is said on the next page, kept in the session.
    assert _transactions(statements) <= 2, [sql[:90] for sql in statements]
    assert len(statements) <= 30, [sql[:90] for sql in statements]


def _transactions(statements: list[str]) -> int:
    """How many there are without the one around each test: outermost savepoints, and writes outside of them."""
    found = depth = 0
    for sql in statements:
        word = sql.split()[0]
        found += depth == 0 and word in {"SAVEPOINT", "INSERT", "UPDATE", "DELETE"}
        depth += {"SAVEPOINT": 1, "RELEASE": -1}.get(word, 0)
    return found


PAGES = {
    "queue": "/queue", "ticket": "/tickets/{ticket}", "panels": "/tickets/{ticket}/panels", "my tasks": "/tasks",
    "workflows": "/workflows", "workflow": "/workflows/plain", "stuck": "/workflows/stuck",
}  # fmt: skip


def test_no_page_asks_more_of_the_database_when_there_are_more_runs(
    rosa: Any, lin: Any, bea: Any, network: Any
) -> None:
    works_in(network, bea)
    version = published(PLAIN, bea)
    client = Client()
    client.force_login(bea)
    first = run_on_a_new_ticket(rosa, network, version)

    def counted() -> dict[str, int]:
        found = {}
        for name, path in PAGES.items():
            path = path.format(ticket=first.ticket_id)
            assert client.get(path).status_code == 200, path
            found[name] = len(asked(lambda path=path: client.get(path)))  # type: ignore[misc]
        return found

    for _turn in range(4):
        run_on_a_new_ticket(rosa, network, version)
    few = counted()
    for _turn in range(45):
        run_on_a_new_ticket(rosa, network, version)

    assert Run.objects.filter(is_open=True).count() == 50
    assert counted() == few


def run_on_a_new_ticket(rosa: Any, network: Any, version: Version) -> Run:
    ticket = open_ticket(rosa, "Please look", kind="request", team=network, by=rosa)
    return start(ticket, version, by=None)
