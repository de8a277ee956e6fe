"""What is going on while an action runs: that it runs, how it came in, and what caused it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

from django.db import transaction

Via = Literal["web", "portal", "api", "mail", "chat", "phone", "alert", "rule", "import", "command", "system"]


@dataclass(frozen=True, slots=True)
class Acting:
    """The circumstances of a change; events copy them."""

    via: Via = "system"
    cause: int | None = None  # id of the event or None
    correlation: str = ""
    depth: int = 0  # how many actions stand around this one
    hops: int = 0  # how many events lie between this and the first cause


_now: ContextVar[Acting | None] = ContextVar("acting", default=None)
_circumstances: ContextVar[Acting | None] = ContextVar("circumstances", default=None)
_end: ContextVar[dict[object, Callable[[], object]] | None] = ContextVar("end", default=None)
_held: ContextVar[dict[object, object] | None] = ContextVar("held", default=None)
_fence: ContextVar[Callable[[], object] | None] = ContextVar("fence", default=None)


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
    waiting = _end.set({}) if outer is None else None
    holding = _held.set({}) if outer is None else None
    try:
        yield inner
        if outer is None:
            _come_to_the_end()
    except BaseException:
        held().clear()  # what was written is taken back; what memory says of it is not
        raise
    finally:
        _now.reset(token)
        if waiting is not None and holding is not None:
            _end.reset(waiting)
            _held.reset(holding)


def at_the_end(key: object, work: Callable[[], object]) -> None:
    """Do this once, last in the outermost action and in its transaction; again under the same key: still once."""
    waiting = _end.get()
    if waiting is None:
        work()
    else:
        waiting[key] = work


def held() -> dict[object, object]:
    """What the outermost action has read under a lock: forgotten when it ends. Outside of one nothing is held."""
    found = _held.get()
    return {} if found is None else found


def _come_to_the_end() -> None:
    waiting = _end.get()
    while waiting:
        waiting.pop(next(iter(waiting)))()


@contextmanager
def together() -> Iterator[None]:
    """Several actions as one: all of them happen or none, and what is done at the end is done once."""
    with transaction.atomic(), acting() as now_acting:
        yield
        if now_acting.depth == 1:
            prove_it_is_ours()


@contextmanager
def via(channel: Via, *, cause: int | None = None, correlation: str = "", hops: int | None = None) -> Iterator[None]:
    """Say how the changes of this block come in, which event caused them, and how far from the first cause.

    Within a running action, too: what a listener changes names the event that made it do so.
    """
    before = _circumstances.get()
    circumstances = Acting(
        via=channel,
        cause=cause if cause is not None else (before.cause if before else None),
        correlation=correlation or (before.correlation if before else ""),
        hops=hops if hops is not None else (before.hops if before else 0),
    )
    token = _circumstances.set(circumstances)
    outer = _now.get()
    inside = outer and _now.set(
        replace(
            outer,
            via=channel,
            cause=cause if cause is not None else outer.cause,
            correlation=correlation or outer.correlation,
            hops=hops if hops is not None else outer.hops,
        )
    )
    try:
        yield
    finally:
        if inside:
            _now.reset(inside)
        _circumstances.reset(token)


def is_acting() -> bool:
    return _now.get() is not None


def circumstances() -> Acting:
    """The circumstances of the running action, or of what would run now."""
    return _now.get() or _circumstances.get() or Acting()


@contextmanager
def fenced(check: Callable[[], object]) -> Iterator[None]:
    """Let every action of this block first prove, in its own transaction, that the work is still ours.

    `check` raises if another worker has taken over: a frozen process that wakes up changes nothing.
    """
    token = _fence.set(check)
    try:
        yield
    finally:
        _fence.reset(token)


def prove_it_is_ours() -> None:
    """Raise if this is a job that another worker has taken over. For whoever is about to send something."""
    check = _fence.get()
    if check is not None:
        check()
