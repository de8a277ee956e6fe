"""A run and another version of its definition: whether it can move there, what would change, and the move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import watching
from .advancing import Refused
from .effects import CancelTimer, Effect, Refuse
from .machine import Kept, Machine
from .net import Net, Node
from .state import HALTED, RUNNING, State


@dataclass(frozen=True, slots=True)
class Moved:
    """Recorded among the inputs of a run: from here on it went by another version."""

    to: int
    was: int = 0


def can_move(state: State, old: Net, new: Net) -> list[str]:
    """What stands in the way, in sentences. Empty: it can."""
    return list(dict.fromkeys(_obstacles(state, old, new)))


def preview(state: State, old: Net, new: Net) -> list[str]:
    """What moving would mean for this run, in sentences; the obstacles, when it cannot."""
    if obstacles := can_move(state, old, new):
        return obstacles
    said = []
    for kept in state["at"].values():
        before, after = old.nodes[kept["n"]], new.nodes[kept["n"]]
        if before.kind == "process" or (before.kind == "scope" and "l" not in kept):
            continue
        name = after.name or after.id
        said.append(f"“{name}” stays open.")
        if before.work != after.work:
            said.append(f"“{name}” is told differently in the new version; what was already sent stays as it is.")
        now = {edge.target.id for edge in after.out}
        if now != {edge.target.id for edge in before.out}:
            then = ", ".join(f"“{edge.target.name or edge.target.id}”" for edge in after.out)
            said.append(f"After “{name}” it goes on with {then}.")
        kept_timers = set(kept.get("t", ()))
        said += [f"The timer “{timer}” begins now." for timer in sorted(_timers(after) - kept_timers)]
        said += [f"The timer “{timer}” is called off." for timer in sorted(kept_timers - _timers(after))]
    return list(dict.fromkeys(said))


def move(state: State, old: Net, new: Net, now: datetime) -> tuple[State, list[Effect]]:
    """The run, going on by the new version. Refused when something stands in the way."""
    try:
        if obstacles := can_move(state, old, new):
            raise Refused(obstacles[0])
    except Refused as refused:
        return state, [Refuse(str(refused))]
    machine = Machine(new, {**state, "version": new.version}, now)
    for instance in list(machine.at):
        if instance in machine.at:
            _carry_over(machine, instance, old)
    machine.changed = True  # conditions that hold in the new version have their effect at once
    machine.run()
    return machine.state, machine.effects


def _obstacles(state: State, old: Net, new: Net) -> Iterator[str]:
    if state["flow"] != new.key or old.key != new.key:
        yield f"“{new.key}” is another workflow."
        return
    if state["version"] != old.version:
        yield f"The run belongs to version {state['version']}, not to {old.version}."
    if state["status"] not in (RUNNING, HALTED):
        yield "The run is over."
    for kept in state["at"].values():
        before, after = old.nodes[kept["n"]], new.nodes.get(kept["n"])
        name = before.name or before.id
        if after is None:
            yield f"The run stands on “{name}”, which the new version does not have."
        elif after.kind != before.kind or (after.loop is None) != (before.loop is None):
            yield f"“{name}” is something else in the new version."
        elif (after.scope and after.scope.id) != (before.scope and before.scope.id):
            yield f"“{name}” stands elsewhere in the new version: inside or outside of a repetition."
        for join, waiting in kept.get("j", {}).items():
            yield from _tokens_kept(join, waiting, old, new)


def _tokens_kept(join: str, waiting: Kept, old: Net, new: Net) -> Iterator[str]:
    after = new.nodes.get(join)
    name = old.nodes[join].name or join
    if after is None or after.join == "each":
        yield f"A branch waits at “{name}”, where branches do not meet in the new version."
        return
    same = _same_edges(old.nodes[join], after)
    for edge in old.nodes[join].into:
        if edge.id in waiting and edge.id not in same:
            came = edge.source.name or edge.source.id
            yield f"A branch that came from “{came}” waits at “{name}”; in the new version none comes from there."


def _timers(node: Node) -> set[str]:
    return {
        place.id
        for place in (node, *node.boundaries)
        if any(trigger.kind == "timer" for trigger in place.triggers) and (place is not node or node.kind == "catch")
    }


def _carry_over(machine: Machine, instance: str, old: Net) -> None:
    kept = machine.mine(instance)
    node = machine.node_of(instance)
    if "j" in kept:
        kept["j"] = {
            join: _renamed(waiting, old.nodes[join], machine.net.nodes[join]) for join, waiting in kept["j"].items()
        }
    if "d" in kept:
        kept["d"] = [entry for entry in kept["d"] if all(name in machine.net.nodes for name in entry)]
    keys = {key: trigger for key, _place, trigger in watching.listeners(machine, instance, node)}
    for timer in list(kept.get("t", ())):
        if timer not in keys or keys[timer].when is None:
            kept["t"] = {other: left for other, left in kept["t"].items() if other != timer}
            machine.effects.append(CancelTimer(instance, timer))
    for key, trigger in keys.items():
        known = key in _timers_of(old, kept["n"])
        if trigger.when is not None and key not in kept.get("t", {}) and not known:
            watching.set_timer(machine, instance, key, trigger.when, trigger.when.times - 1)


def _timers_of(net: Net, name: str) -> set[str]:
    """Those the old version had too: one that is not kept any more has fired, and is not set anew."""
    return _timers(net.nodes[name])


def _renamed(waiting: Kept, before: Node, after: Node) -> Kept:
    """Tokens at a join are kept by edge."""
    names = _same_edges(before, after)
    return {
        names.get(edge, edge): [names.get(other, other) for other in count] if isinstance(count, list) else count
        for edge, count in waiting.items()
    }


def _same_edges(before: Node, after: Node) -> dict[str, str]:
    """Edges that come from the same step are the same, in their order."""
    new: dict[str, list[str]] = {}
    for edge in after.into:
        new.setdefault(edge.source.id, []).append(edge.id)
    return {edge.id: new[edge.source.id].pop(0) for edge in before.into if new.get(edge.source.id)}
