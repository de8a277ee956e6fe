"""Which events a step of another system's history is. The one place that knows the facts of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from firstline.channels.transfer.engine.histories import Step
from firstline.channels.transfer.engine.records import TicketRecord
from firstline.core.events import EventKind
from firstline.work.conversations.events import Noted, Replied
from firstline.work.tickets.events import (
    TicketAssigned,
    TicketCategorised,
    TicketEdited,
    TicketOpened,
    TicketPrioritised,
    TicketReopened,
    TicketRouted,
    TicketStatusChanged,
)

from ._names import Names

Fact = tuple[type[EventKind], dict[str, Any]]
EDITED = ("requester", "impact", "urgency")


def opening(record: TicketRecord, names: Names) -> Fact:
    """It opened as it first stood. Ours open as new; where it first stood elsewhere, `first_step` says so."""
    first = record.states[0]
    return TicketOpened, {
        "source": record.source,
        "subject": record.subject,
        "requester": names.person(first.requester),
        "team": names.team(first.team),
        "owner": names.person(first.owner),
        "category": names.category(first.category),
        "priority": first.priority,
        "word": first.status,
    }


def first_step(record: TicketRecord, names: Names) -> Iterator[Fact]:
    """Every ticket of ours opens as new; one that was saved in another state got it with its first row."""
    new, status = names.new_status(record.kind), names.status(record.kind, record.states[0].status)
    if status.pk != new:
        word = record.states[0].status
        yield TicketStatusChanged, {"from": new, "to": status.pk, "type": status.type, "word": word, "first": True}


def facts_of(step: Step, record: TicketRecord, names: Names) -> Iterator[Fact]:
    changes = step.changes
    if edited := _edited(changes, record):
        yield TicketEdited, {"changes": edited}
    if "priority" in changes:
        before, after = changes["priority"]
        yield TicketPrioritised, {"from": before, "to": after, "reason": ""}
    if "category" in changes:
        before, after = (names.category(path) for path in changes["category"])
        yield TicketCategorised, {"from": before, "to": after}
    if "team" in changes:
        before, after = map(names.team, changes["team"])
        yield TicketRouted, {"from": before, "to": after}
    if "owner" in changes:
        before, after = map(names.person, changes["owner"])
        yield TicketAssigned, {"from": before, "to": after}
    yield from _status(changes, record, names)


def message_posted(is_internal: bool, *, message: int, from_desk: bool) -> Fact:
    return (Noted, {"message": message}) if is_internal else (Replied, {"message": message, "from_desk": from_desk})


def _edited(changes: dict[str, tuple[Any, Any]], record: TicketRecord) -> dict[str, list[Any]]:
    edited = {name: list(changes[name]) for name in EDITED if name in changes}
    if "requester" in edited:
        edited["requester"] = [_name(reference, record) for reference in edited["requester"]]
    edited |= {name: list(change) for name, change in changes.items() if name.startswith("custom.")}
    return edited


def _name(reference: str, record: TicketRecord) -> str:
    who = record.people.get(reference)
    return who.name if who else reference


def _status(changes: dict[str, tuple[Any, Any]], record: TicketRecord, names: Names) -> Iterator[Fact]:
    was_solved = False
    if "status" in changes:
        before, after = (names.status(record.kind, word) for word in changes["status"])
        was_solved = before.type in {"resolved", "closed"} and after.type not in {"resolved", "closed"}
        if before.pk != after.pk:
            word = changes["status"][1]
            yield TicketStatusChanged, {"from": before.pk, "to": after.pk, "type": after.type, "word": word}
    counted = changes.get("reopened")
    if counted and counted[1] is not None and counted[1] > (counted[0] or 0):
        yield TicketReopened, {"count": counted[1]}
    elif was_solved and record.states[-1].reopened is None:  # a system that does not count
        yield TicketReopened, {}
