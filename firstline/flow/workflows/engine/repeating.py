"""Again and again, or once for each: loops and multiple instances [13.3.6, 13.3.7]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import effects as wanted
from . import events, watching
from .net import Loop, Node, Trigger

if TYPE_CHECKING:
    from .machine import Kept, Machine

MOST_INSTANCES = 1_000


def begin(machine: Machine, node: Node, scope: str, owner: str | None = None) -> None:
    """The repetition is an instance of its own: timers and errors belong to all of it together."""
    loop = node.loop
    if loop is None:
        return
    kept: Kept = {"n": node.id, "p": scope, "l": [0, 0, 0]}
    if owner is not None:
        kept["o"] = owner
    entries = _entries(machine, loop, scope)
    if isinstance(entries, str):
        kept["s"] = entries
        kept.pop("l")
        instance = machine.new(kept)
        machine.effects.append(wanted.Halt(entries, node.id, instance))
        return
    instance = machine.new(kept)
    if node.effect is not None and node.kind == "scope":
        machine.effects.append(node.effect(instance, node.id, machine.locals(instance)))
    watching.watch(machine, instance, node)
    if instance not in machine.at:
        return
    kept = machine.mine(instance)
    kept["l"] = [len(entries), 0, 0]
    if loop.over:
        kept["i"] = list(entries)
    if not entries or (loop.before and loop.holds is not None and not _asked(machine, loop.holds, instance)):
        machine.finish(instance)
        return
    for _each in range(1 if loop.one_by_one or loop.holds is not None else len(entries)):
        if instance in machine.at:
            _one(machine, instance, node, loop)


def _entries(machine: Machine, loop: Loop, scope: str) -> Sequence[Any] | str:
    seen = machine.view(scope)
    if loop.over:
        entries = _at_path(seen, loop.over)
        if entries is None:
            return []
        if not isinstance(entries, list | tuple):
            return f"“{loop.over}” is no list: it cannot be gone through."
        if len(entries) > MOST_INSTANCES:
            return f"“{loop.over}” has {len(entries)} entries; {MOST_INSTANCES} are the most."
        return entries
    if loop.count is not None:
        try:
            count = loop.count(seen, machine.now)
        except (ValueError, TypeError, KeyError):
            return "How often it runs cannot be computed."
        if not 0 <= count <= MOST_INSTANCES:
            return f"It cannot run {count} times."
        return range(count)
    return (None,)


def _at_path(seen: Any, path: str) -> Any:
    if isinstance(seen, dict) and path in seen:
        return seen[path]
    for part in path.split("."):
        seen = seen.get(part) if hasattr(seen, "get") else None
    return seen


def _one(machine: Machine, owner: str, node: Node, loop: Loop) -> None:
    kept = machine.mine(owner)
    total, begun, done = kept["l"]
    kept["l"] = [total, begun + 1, done]
    local = {loop.item: kept["i"][begun]} if loop.item and loop.over else None
    machine.activate(node, kept["p"], owner=owner, local=local)


def one_done(machine: Machine, owner: str) -> None:
    """One instance ended: the next, or enough."""
    if "m" in machine.at[owner]:
        events.go_on_undoing(machine, owner)
        return
    node = machine.node_of(owner)
    loop = node.loop
    if loop is None:
        return
    kept = machine.mine(owner)
    total, begun, done = kept["l"]
    done += 1
    kept["l"] = [total, begun, done]
    if loop.holds is not None:
        if (loop.most is not None and done >= loop.most) or not _asked(machine, loop.holds, owner):
            machine.finish(owner)
        else:
            _one(machine, owner, node, loop)
        return
    enough = _tell(machine, owner, node, loop, done)
    if enough or done == total or (loop.enough is not None and _asked(machine, loop.enough, owner)):
        for other in [other for other, inner in machine.at.items() if inner.get("o") == owner]:
            machine.call_off(other)
        machine.finish(owner)
    elif begun < total and loop.one_by_one:
        _one(machine, owner, node, loop)


def _tell(machine: Machine, owner: str, node: Node, loop: Loop, done: int) -> bool:
    """The events of a multiple instance [13.3.7]: they tell of its progress and never interrupt it.

    Returns whether the rest is called off: a complex behaviour that fires does that.
    """
    if loop.behavior == "none" or (loop.behavior == "one" and done == 1):
        _throw(machine, owner, node, loop.tells)
    fired = False
    if loop.behavior == "complex":
        for holds, triggers in loop.complex:
            if _asked(machine, holds, owner):
                _throw(machine, owner, node, triggers)
                fired = True
    return fired


def _throw(machine: Machine, owner: str, node: Node, triggers: Sequence[Trigger]) -> None:
    scope = machine.at[owner]["p"]
    for trigger in triggers:
        for boundary in node.boundaries:
            if any(heard.kind == trigger.kind and heard.name in ("", trigger.name) for heard in boundary.triggers):
                machine.mine(scope)["k"] += 1
                machine.leave(boundary, scope)
        if trigger.kind == "signal":
            events.deliver(machine, "signal", trigger.name, but=owner)


def _asked(machine: Machine, holds: Any, owner: str) -> bool:
    kept = machine.at[owner]
    total, begun, done = kept["l"]
    counts = {
        "numberOfInstances": total,
        "numberOfActiveInstances": begun - done,
        "numberOfCompletedInstances": done,
        "numberOfTerminatedInstances": 0,
    }
    try:
        return bool(holds(machine.view(kept["p"], counts), machine.now))
    except (ValueError, TypeError, KeyError):
        return False
