from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError

from firstline.core.database.hurry import if_it_is_quick, is_hurried
from firstline.core.database.sqlite import base


@pytest.fixture
def held() -> Iterator[Any]:
    """What a write does while another connection holds the database."""
    connection = base._sqlite.connect("file:held?mode=memory&cache=shared", uri=True, isolation_level=None, timeout=0)
    other = base._sqlite.connect("file:held?mode=memory&cache=shared", uri=True, isolation_level=None, timeout=0)
    connection.execute("CREATE TABLE thing (name)")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO thing VALUES ('kept')")
    yield lambda: base.patiently(lambda: other.execute("INSERT INTO thing VALUES ('late')"))
    connection.close()
    other.close()


def test_what_may_be_left_undone_keeps_nobody_waiting(held: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "HURRIED_SECONDS", 0.01)
    begun = time.monotonic()

    with pytest.raises(base._sqlite.OperationalError):
        _hurried(held)

    assert time.monotonic() - begun < base.WAIT_SECONDS / 4


def test_what_must_be_done_waits(held: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "WAIT_SECONDS", 0.5)
    begun = time.monotonic()

    with pytest.raises(base._sqlite.OperationalError):
        held()

    assert time.monotonic() - begun >= 0.5


def test_hurry_ends_with_its_block_and_forgives_only_the_database() -> None:
    with if_it_is_quick():
        _fail(OperationalError("database is locked"))
    assert not is_hurried()

    with pytest.raises(ZeroDivisionError), if_it_is_quick():
        _fail(ZeroDivisionError())
    assert not is_hurried()


def _hurried(write: Any) -> None:
    """Django would wrap the error into its own, which is the one that is forgiven; here it comes through."""
    with if_it_is_quick():
        write()


def _fail(error: Exception) -> None:
    raise error
