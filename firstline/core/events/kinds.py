"""One class per kind of event: its words, icon and audience. Nothing else asks `if kind ==`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .models import Event


class Audience(Enum):
    """Who may read an event of this kind, on a thing they may see."""

    EVERYBODY = "everybody"  # requesters too
    DESK = "desk"  # agents and above
    AUDIT = "audit"  # auditors only


class EventKind:
    """Base of all kinds. A subclass with a `key` registers itself."""

    key: ClassVar[str] = ""  # "ticket.assigned"
    noun: ClassVar[str] = ""  # the kind of thing it happens to: "ticket"
    icon: ClassVar[str] = "dot"
    audience: ClassVar[Audience] = Audience.DESK
    # Facts that may hold a person's words or address, and so must be forgotten with the person.
    personal: ClassVar[tuple[str, ...]] = ()
    # Facts that hold ids, and of which noun: {"to": "person"}.
    refers_to: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.key:
            if cls.key in _kinds and _kinds[cls.key].__module__ != cls.__module__:
                raise ValueError(f"Two kinds of event are called {cls.key}.")
            _kinds[cls.key] = cls

    @classmethod
    def describe(cls, event: Event) -> str:
        """One sentence in the reader's language, without the actor's name: 'assigned it to Ada'."""
        raise NotImplementedError(f"{cls.__name__} has no words.")


_kinds: dict[str, type[EventKind]] = {}


def kind_of(key: str) -> type[EventKind] | None:
    return _kinds.get(key)


def all_kinds() -> list[type[EventKind]]:
    return [_kinds[key] for key in sorted(_kinds)]
