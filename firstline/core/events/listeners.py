"""Who wants to know. Registered by each room's listeners.py when the room opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kinds import EventKind
    from .models import Event

Listener = Callable[["Event", Any], None]
LaterListener = Callable[["Event"], None]

_on: dict[str, list[Listener]] = defaultdict(list)
_later: dict[str, dict[str, LaterListener]] = defaultdict(dict)
EVERY = "*"


def on(*kinds: type[EventKind]) -> Callable[[Listener], Listener]:
    """React in the same transaction, with the event and its subject. Database only. No kinds: all."""

    def register(listener: Listener) -> Listener:
        for key in [kind.key for kind in kinds] or [EVERY]:
            _on[key].append(listener)
        return listener

    return register


def later(*kinds: type[EventKind]) -> Callable[[LaterListener], LaterListener]:
    """React in a worker after the commit, at least once: be safe to repeat. No kinds: all."""

    def register(listener: LaterListener) -> LaterListener:
        name = f"{listener.__module__}:{listener.__qualname__}"
        for key in [kind.key for kind in kinds] or [EVERY]:
            _later[key][name] = listener
        return listener

    return register


def listeners_of(key: str) -> list[Listener]:
    return _on[key] + _on[EVERY]


def later_listeners_of(key: str) -> dict[str, LaterListener]:
    """By stable name, so that a stored consequence finds its function again after a restart."""
    return {**_later[key], **_later[EVERY]}
