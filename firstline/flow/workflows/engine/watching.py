"""Timers and conditions: what an instance waits for, on itself, on its boundary and in its event sub-processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from . import events
from .effects import Escalate, Remind, SetTimer
from .net import Node, Trigger, When

if TYPE_CHECKING:
    from .machine import Kept, Machine


def listeners(machine: Machine, instance: str, node: Node) -> Iterator[tuple[str, Node, Trigger]]:
    """Everything that may happen to this instance: key, the node it happens at, the trigger."""
    kept = machine.at[instance]
    is_owner = "l" in kept
    if "m" in kept:  # it compensates: nothing can come between
        return
    if not is_owner:
        if node.kind == "catch":
            yield from _of(node)
        elif node.kind == "choice":
            for edge in node.out:
                yield from _of(edge.target)
    if "o" not in kept:
        for boundary in node.boundaries:
            yield from _of(boundary)
    if "k" in kept and not is_owner and "x" not in kept:
        for handler in (node.body or node).handlers:
            for start in handler.starts:
                yield from _of(start)


def _of(node: Node) -> Iterator[tuple[str, Node, Trigger]]:
    for number, trigger in enumerate(node.triggers):
        yield f"{node.id}#{number}" if number else node.id, node, trigger


def watch(machine: Machine, instance: str, node: Node) -> None:
    """The instance is new: its timers run, and conditions that hold already have their effect."""
    body = node.body or node
    if not (node.timed or node.watches or body.timed or body.watches):
        return
    found = list(listeners(machine, instance, node))
    for key, _place, trigger in found:
        if trigger.when is not None:
            set_timer(machine, instance, key, trigger.when, trigger.when.times - 1)
    for key, place, trigger in found:
        if trigger.holds is not None and instance in machine.at and _becomes_true(machine, instance, key, trigger):
            events.happen(machine, instance, place, key)


def ask_again(machine: Machine) -> None:
    """The data has changed: whichever condition became true has its effect."""
    for instance in list(machine.at):
        if instance not in machine.at:
            continue
        node = machine.node_of(instance)
        if not (node.watches or (node.body or node).watches):
            continue
        for key, place, trigger in list(listeners(machine, instance, node)):
            if trigger.holds is not None and instance in machine.at and _becomes_true(machine, instance, key, trigger):
                events.happen(machine, instance, place, key)


def _becomes_true(machine: Machine, instance: str, key: str, trigger: Trigger) -> bool:
    kept = machine.at[instance]
    scope = instance if "k" in kept else kept["p"]
    try:
        holds = trigger.holds is not None and trigger.holds(machine.view(scope), machine.now)
    except (ValueError, TypeError, KeyError):
        holds = False
    before = kept.get("c", ())
    if holds == (key in before):
        return False
    machine.mine(instance)["c"] = [*before, key] if holds else [other for other in before if other != key]
    return holds


def set_timer(machine: Machine, instance: str, key: str, when: When, more: int, since: datetime | None = None) -> None:
    due, span, date = None, when.span, when.date
    if span is not None and span.elapsed is not None:
        due, span = ((since or machine.now) + span.elapsed).astimezone(UTC).isoformat(), None
    elif when.field:
        kept = machine.at[instance]
        date = str(machine.view(instance if "k" in kept else kept["p"]).get(when.field) or "")
    if date and (moment := _moment(date)) is not None:
        due, date = moment, ""
    kept = machine.mine(instance)
    kept["t"] = {**kept.get("t", {}), key: [due, more]}
    machine.effects.append(SetTimer(instance, key, due, span, date))


def _moment(date: str) -> str | None:
    """Only a full moment with its zone; a bare day begins when the calendar of the run says."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment.astimezone(UTC).isoformat() if moment.tzinfo else None


def fired(machine: Machine, instance: str, key: str) -> None:
    """A timer of the instance; it is set again when it fires more than once."""
    node = machine.node_of(instance)
    found = next((one for one in listeners(machine, instance, node) if one[0] == key), None)
    kept = machine.mine(instance)
    due, more = kept["t"][key]
    kept["t"] = {other: left for other, left in kept["t"].items() if other != key}
    if not kept["t"]:
        del kept["t"]
    if found is None:
        return
    _key, place, trigger = found
    if more and trigger.when is not None:
        since = datetime.fromisoformat(due) if due else None
        set_timer(machine, instance, key, trigger.when, more - 1, since)
    events.happen(machine, instance, place, key)


def nudge(machine: Machine, instance: str, boundary: Node, kept: Kept) -> bool:
    """A timer that reminds or escalates has its effect and leads nowhere."""
    if boundary.effect is Remind or boundary.effect is Escalate:
        machine.effects.append(boundary.effect(instance, kept["n"], boundary.id, boundary.work))
        return True
    return False
