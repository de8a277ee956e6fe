"""Negative controls: the matrix finds the mistakes it is there for."""

from __future__ import annotations

import pytest

from firstline.core.entry import entry_of

from .policy import ROUTES, Rule
from .test_matrix import cells, check, routes, secrets_for
from .world import build

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.matrix.leaks")]


def found(role: str, route: str, rule: Rule) -> list[str]:
    world = build(role)
    client = world.client_of(role)
    return [line for cell in cells(role, route, rule) for line in check(world, client, cell, rule, secrets_for(role))]


def test_a_route_that_is_not_in_the_table_is_seen() -> None:
    assert {"leaks:undeclared", "leaks:everything", "leaks:exists"} <= {name for name, _screen in routes()} - set(
        ROUTES
    )


def test_a_screen_that_declares_nothing_is_seen_and_lets_nobody_in(caplog: pytest.LogCaptureFixture) -> None:
    [screen] = [screen for name, screen in routes() if name == "leaks:undeclared"]
    world = build("admin")

    answer = world.client_of("admin").get("/leaks/undeclared")

    assert (entry_of(screen), answer.status_code) == (None, 403)


def test_a_note_shown_to_its_requester_is_seen() -> None:
    lines = found("requester", "leaks:everything", Rule("signed in", of="ticket", get="ticket.view"))

    assert "GET leaks:everything ticket own: 200 shows canary-note-own (O2)" in lines
    assert any(line.startswith("GET leaks:everything ticket private: 200, should be refused") for line in lines)


def test_an_answer_that_tells_what_exists_is_seen() -> None:
    lines = found("agent", "leaks:exists", Rule("desk.enter", of="ticket", get="ticket.view"))

    assert "GET leaks:exists ticket private: 403, but 404 where there is nothing (D3)" in lines


def test_a_page_that_keeps_out_who_should_come_in_is_seen() -> None:
    lines = found("agent", "leaks:exists", Rule("desk.enter", of="ticket", get="ticket.view"))

    assert "GET leaks:exists ticket team: 403, should be let in" in lines
