"""What is going on while an action runs: that it runs, how it came in, and what caused it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

Via = Literal["web", "portal", "api", "mail", "chat", "phone", "alert", "rule", "import", "command", "system"]


@dataclass(frozen=True, slots=True)
class Acting:
    """The circumstances of a change; events copy them."""

    via: Via = "system"
    cause: int | None = None  # id of the event or None
    correlation: str = ""
    depth: int = 0  # how many actions stand around this one


_now: ContextVar[Acting | None] = ContextVar("acting", default=None)
_circumstances: ContextVar[Acting | None] = ContextVar("circumstances", default=None)


@contextmanager
def acting() -> Iterator[Acting]:
    """Allow changes within this block. `@action` does this; imports and repairs may, too."""
    outer = _now.get()
    if outer is None:
        base = _circumstances.get() or Acting()
        inner = replace(base, correlation=base.correlation or secrets.token_hex(8), depth=1)
    else:
        inner = replace(outer, depth=outer.depth + 1)
    token = _now.set(inner)
    try:
        yield inner
    finally:
        _now.reset(token)


@contextmanager
def via(channel: Via, *, cause: int | None = None, correlation: str = "") -> Iterator[None]:
    """Say how the changes of this block come in, and which event caused them."""
    before = _circumstances.get()
    circumstances = Acting(
        via=channel,
        cause=cause if cause is not None else (before.cause if before else None),
        correlation=correlation or (before.correlation if before else ""),
    )
    token = _circumstances.set(circumstances)
    try:
        yield
    finally:
        _circumstances.reset(token)


def is_acting() -> bool:
    return _now.get() is not None


def circumstances() -> Acting:
    """The circumstances of the running action, or of what would run now."""
    return _now.get() or _circumstances.get() or Acting()
