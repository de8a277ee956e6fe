"""Something that happens, for tests of events and of what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firstline.core.actions import acting
from firstline.core.events import EventKind
from firstline.core.events.models import Event
from firstline.core.events.record import record


class Rang(EventKind):
    key = "bell.rang"
    noun = "bell"
    personal = ("caller",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return "rang the bell"


@dataclass
class Bell:
    pk: int = 1
    noun = "bell"


def ring(bell: int = 1, **facts: Any) -> Event:
    with acting():
        return record(Bell(bell), Rang, **facts)
