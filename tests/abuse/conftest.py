"""The oracles and stages of the catalogue, as fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from firstline.doors.api.actions.tokens import create_token
from tests.rig.desk import Desk

from .browser import Watched, launched
from .live import Live


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A desk of its own in real processes; on SQLite."""
    with Desk(tmp_path_factory.mktemp("abuse") / "desk") as desk:
        yield Live(desk)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser. Not longer than a module: while it runs, Django takes every test for an asynchronous one."""
    with launched() as browser:
        yield browser


@pytest.fixture
def watched(chromium: Browser, live: Live) -> Callable[[str], Watched]:
    """`watched("agent")`: a browser of that person which notes all that must not happen (O3, O4)."""
    return lambda role: Watched(chromium, live, role)


@pytest.fixture
def fuzzed(tmp_path: Path) -> Iterator[Live]:
    """Another one, for a test after which nothing in it is as it was."""
    with Desk(tmp_path / "desk") as desk:
        yield Live(desk)


@pytest.fixture
def caller_of(db: Any) -> Callable[[Any], Client]:
    """`caller_of(rosa)`: a program with Rosa's token."""

    def make(somebody: Any, *, scope: str = "write") -> Client:
        _token, secret = create_token(somebody, "abuse", scope=scope, by=somebody)
        return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})

    return make


@pytest.fixture
def caller(caller_of: Callable[[Any], Client], ada: Any) -> Client:
    return caller_of(ada)
