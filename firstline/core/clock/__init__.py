"""The one source of 'now': aware, in UTC. Everything that asks for the time asks here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The present moment, aware and in UTC, or the moment the clock was set to."""
    return _set_to.get() or datetime.now(UTC)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Turn the clock to `moment` (aware) for this context: imports, the demo world, tests."""
    if moment.tzinfo is None:
        raise ValueError("The clock can only be set to a moment with a time zone.")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
