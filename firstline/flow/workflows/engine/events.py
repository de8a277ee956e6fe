"""What is thrown, and what it does to whoever listens: messages, signals, errors, escalations, compensation [10.5]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import effects as wanted
from . import repeating, watching
from .net import Node, Trigger

if TYPE_CHECKING:
    from .machine import Machine


def happen(machine: Machine, instance: str, place: Node, key: str) -> None:
    """A trigger of a waiting instance happened: at a boundary, at the start of an event sub-process, or what it
    waits for itself."""
    number = int(key.partition("#")[2] or 0)
    if place.kind == "boundary":
        if _all_came(machine, instance, place, number):
            _leave_by(machine, instance, place)
    elif place.scope is not None and place.scope.is_handler and place in place.scope.starts:
        if _all_came(machine, instance, place, number):
            _handle(machine, instance, place)
    else:
        _caught(machine, instance, place, key, number)


def _all_came(machine: Machine, instance: str, place: Node, number: int) -> bool:
    """For those that wait for all of their triggers: whether this was the last."""
    if not place.all_triggers or len(place.triggers) < 2:
        return True
    kept = machine.mine(instance)
    got = {**kept.get("g", {})}
    came = sorted({*got.get(place.id, ()), number})
    if len(came) == len(place.triggers):
        got.pop(place.id, None)
        kept["g"] = got
        return True
    kept["g"] = {**got, place.id: came}
    return False


def _leave_by(machine: Machine, host: str, boundary: Node) -> None:
    kept = machine.at[host]
    scope = kept["p"]
    if boundary.interrupts:
        kinds = {trigger.kind for trigger in boundary.triggers}
        machine.call_off(host, "timed_out" if "timer" in kinds else "failed" if "error" in kinds else "called_off")
    elif watching.nudge(machine, host, boundary, kept):
        return
    else:
        machine.mine(scope)["k"] += 1
    machine.leave(boundary, scope)


def _handle(machine: Machine, scope: str, start: Node) -> None:
    """An event sub-process begins in the scope, beside the others or instead of them [10.3.5, 13.5.4]."""
    handler = start.scope
    if handler is None:
        return
    if start.interrupts:
        machine.clear(scope)
        machine.mine(scope)["x"] = 1
        for timer in machine.at[scope].get("t", {}):
            machine.effects.append(wanted.CancelTimer(scope, timer))
        machine.mine(scope).pop("t", None)
    machine.mine(scope)["k"] += 1
    inside = machine.new({"n": handler.id, "p": scope, "k": 1})
    machine.leave(start, inside)


def _caught(machine: Machine, instance: str, place: Node, key: str, number: int) -> None:
    node = machine.node_of(instance)
    scope = machine.at[instance]["p"]
    if node.kind != "choice":
        if not _all_came(machine, instance, place, number):
            return
        if key in machine.at[instance].get("t", {}):  # it will fire again: a token for every time
            machine.mine(scope)["k"] += 1
            machine.leave(node, scope)
        else:
            machine.finish(instance)
        return
    if node.takes_all:
        kept = machine.mine(instance)
        came = [*kept.get("g", {}).get(node.id, ()), place.id]
        if len(set(came)) < len({edge.target.id for edge in node.out}):
            kept["g"] = {node.id: came}
            machine.mine(scope)["k"] += 1
            machine.leave(place, scope)
            return
    machine.close(instance, "done")
    machine.leave(place, scope)


# ---- throwing


def throw(machine: Machine, node: Node, scope: str) -> None:
    """The token at a throwing event; it goes on unless what it threw called it off."""
    if scope not in machine.at:
        return
    machine.throwing = scope
    for trigger in node.triggers:
        match trigger.kind:
            case "signal":
                deliver(machine, "signal", trigger.name)
            case "message":
                send(machine, trigger.name, node)
            case "escalation":
                escalate(machine, scope, trigger.name)
            case "error":
                if not raise_error(machine, scope, trigger.name):
                    machine.state["error"] = trigger.name
                    machine.stop("failed", f"The error “{trigger.name}” was thrown and nothing catches it.")
                return
            case "compensation":
                _compensate(machine, node, scope, trigger)
                return
            case "cancel":
                _cancel(machine, node, scope)
                return
            case "terminate":
                if machine.at[scope]["p"] is None:
                    machine.state["outcome"] = node.outcome
                machine.clear(scope)
                machine.emptied(scope)
                return
            case _:
                pass
        if not _is_still_there(machine):
            return
    machine.throwing = None
    if node.kind == "end":
        machine.end(node, scope)
    else:
        machine.leave(node, scope)


def _is_still_there(machine: Machine) -> bool:
    return machine.throwing is not None


def send(machine: Machine, name: str, node: Node) -> None:
    """A message waits until somebody takes it: mail is not lost because its reader comes a moment later."""
    if not deliver(machine, "message", name):
        machine.state["mail"] = [*machine.state.get("mail", ()), name]
        machine.effects.append(wanted.Send(name, node.id))


def deliver(machine: Machine, kind: str, name: str, only: str | None = None, but: str | None = None) -> bool:
    """A signal reaches everybody who listens; a message or a reply, the first. Whether anybody did."""
    heard = False
    for instance in [only] if only else list(machine.at):
        if instance not in machine.at or instance == but:
            continue
        for key, place, trigger in list(watching.listeners(machine, instance, machine.node_of(instance))):
            if trigger.kind == kind and trigger.name == name and instance in machine.at:
                happen(machine, instance, place, key)
                heard = True
                if kind != "signal":
                    return True
    if only:
        return heard
    for process in machine.net.processes:
        for start, triggers in _ways_in(process):
            if any(trigger.kind == kind and trigger.name == name for trigger in triggers):
                _begin_by(machine, process, start, kind, name)
                heard = True
                if kind != "signal":
                    return True
    return heard


def _ways_in(process: Node) -> Iterator[tuple[Node, tuple[Trigger, ...]]]:
    for start in process.starts:
        if start.kind == "choice":
            yield start, tuple(trigger for edge in start.out for trigger in edge.target.triggers)
        elif start.triggers:
            yield start, start.triggers


def _begin_by(machine: Machine, process: Node, start: Node, kind: str, name: str) -> None:
    inside = machine.begin_process(process, start)
    if start.kind == "choice":  # it was the first of the events the gateway waits for
        while machine.queue and machine.queue[-1][1] == inside:
            machine.begin(*machine.queue.pop()[:2])
        waiting = next((other for other, kept in machine.at.items() if kept["p"] == inside), None)
        if waiting is not None:
            deliver(machine, kind, name, only=waiting)


def escalate(machine: Machine, scope: str | None, code: str) -> None:
    """Up to the first who listens; when nobody does, nothing happens [10.5.1]."""
    while scope is not None:
        found = _listening(machine, scope, "escalation", code)
        if found is not None:
            happen(machine, found[0], found[1], found[1].id)
            return
        scope = machine.at[scope]["p"]


def raise_error(machine: Machine, scope: str | None, code: str) -> bool:
    """Up to the first who catches it. False: nobody does."""
    while scope is not None:
        found = _listening(machine, scope, "error", code)
        if found is not None:
            happen(machine, found[0], found[1], found[1].id)
            return True
        scope = machine.at[scope]["p"]
    return False


def _listening(machine: Machine, instance: str, kind: str, code: str) -> tuple[str, Node] | None:
    """The instance and the node of it that catches; one that names the code comes before one that catches all."""
    hosts = [instance]
    if "o" in machine.at[instance]:
        hosts.append(machine.at[instance]["o"])
    for host in hosts:
        heard = [
            (trigger.name != code, place)
            for _key, place, trigger in watching.listeners(machine, host, machine.node_of(host))
            if trigger.kind == kind and trigger.name in ("", code)
        ]
        if heard:
            return host, min(heard, key=lambda one: one[0])[1]
    return None


def fail(machine: Machine, instance: str, code: str) -> bool:
    """An activity failed: its own boundary first, then whoever catches around it."""
    found = _listening(machine, instance, "error", code)
    if found is not None:
        happen(machine, found[0], found[1], found[1].id)
        return True
    return raise_error(machine, machine.at[instance]["p"], code)


# ---- compensation


def _compensate(machine: Machine, node: Node, scope: str, trigger: Trigger) -> None:
    """What was done in the scope is undone, the last first; then the token goes on [10.6]."""
    where = scope
    while machine.node_of(where).is_handler and machine.at[where]["p"] is not None:
        where = machine.at[where]["p"]
    kept = machine.mine(where)
    done = kept.get("d", [])
    undo = [entry for entry in done if not trigger.activity or trigger.activity in entry[:-1]]
    kept["d"] = [entry for entry in done if entry not in undo]
    inside = machine.new({"n": node.id, "p": scope, "q": where, "m": [entry[-1] for entry in undo]})
    go_on_undoing(machine, inside)


def _cancel(machine: Machine, node: Node, scope: str) -> None:
    while not machine.node_of(scope).is_transaction:
        parent = machine.at[scope]["p"]
        if parent is None:
            machine.stop("failed", f"“{node.id}” cancels, but stands in no transaction.")
            return
        scope = parent
    machine.clear(scope)
    kept = machine.mine(scope)
    kept["k"] = 1
    undo = [entry[-1] for entry in kept.pop("d", ())]
    go_on_undoing(machine, machine.new({"n": node.id, "p": scope, "m": undo, "y": 1}))


def go_on_undoing(machine: Machine, instance: str) -> None:
    kept = machine.mine(instance)
    if kept["m"]:
        *kept["m"], last = kept["m"]
        handler = machine.net.nodes[last]
        where = str(kept.get("q", kept["p"]))
        if handler.loop is not None:
            repeating.begin(machine, handler, where, owner=instance)
        else:
            machine.activate(handler, where, owner=instance)
        return
    scope = kept["p"]
    node = machine.node_of(instance)
    machine.at.pop(instance)
    if "y" in kept:
        _cancelled(machine, scope)
    elif node.kind == "end":
        machine.end(node, scope)
    else:
        machine.leave(node, scope)


def _cancelled(machine: Machine, scope: str) -> None:
    host = machine.at[scope].get("o", scope)
    node = machine.node_of(host)
    parent = machine.at[host]["p"]
    for boundary in node.boundaries:
        if any(trigger.kind == "cancel" for trigger in boundary.triggers):
            _leave_by(machine, host, boundary)
            return
    machine.call_off(host)
    machine.consume(parent)
