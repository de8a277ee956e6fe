"""What open pages may listen to: a ticket one sees, and the queue."""

from __future__ import annotations

from typing import Any

from firstline.core import live
from firstline.core.actions import may

from .queries import visible_to


def may_listen_to_ticket(person: Any, number: int | None) -> bool:
    return number is not None and visible_to(person).filter(pk=number).exists()


def may_listen_to_queue(person: Any, number: int | None) -> bool:
    return number is None and may(person, "desk.enter")


live.topic("ticket", may_listen_to_ticket)
live.topic("queue", may_listen_to_queue, hears={"ticket"})
