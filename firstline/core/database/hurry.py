"""Writes that may be left undone: noting that somebody was here must not keep a page waiting, or fail it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError

_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


@contextmanager
def if_it_is_quick() -> Iterator[None]:
    """Give up at once, in silence, where another writer holds the database. For one statement, outside transactions."""
    token = _hurried.set(True)
    try:
        yield
    except OperationalError:
        pass
    finally:
        _hurried.reset(token)


def is_hurried() -> bool:
    return _hurried.get()
