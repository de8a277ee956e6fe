"""Where tokens meet [13.4]: all of them, those that can still come, or some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .net import Node

if TYPE_CHECKING:
    from .machine import Kept, Machine

_FIRED = "!"  # beside the edges of a join of some: those whose token it has taken since it fired


def arrive(machine: Machine, node: Node, scope: str, edge: str) -> None:
    waiting = _waiting(machine, node, scope)
    if isinstance(node.join, int):
        _arrive_at_some(machine, node, scope, edge, waiting)
        return
    waiting[edge] = waiting.get(edge, 0) + 1
    if node.join == "all" and len(waiting) == len(node.into):
        _fire(machine, node, scope, waiting)


def gather(machine: Machine, node: Node, scope: str) -> None:
    """An activity that needs several tokens to start, whichever edges they come by."""
    waiting = _waiting(machine, node, scope)
    waiting[""] = waiting.get("", 0) + 1
    if waiting[""] == node.needs:
        kept = machine.mine(scope)
        kept["j"].pop(node.id)
        kept["k"] -= node.needs - 1
        machine.begin(node, scope)


def meet(machine: Machine) -> bool:
    """Everything rests: joins that wait only for what cannot come any more fire. Whether one did."""
    for scope, kept in list(machine.at.items()):
        for name in list(kept.get("j", ())):
            node = machine.net.nodes[name]
            if node.join == "each" or node.join == "all":
                continue
            waiting = kept["j"][name]
            if isinstance(node.join, int):
                if _FIRED in waiting:
                    missing = [edge for edge in node.into if edge.id not in waiting[_FIRED]]
                    if not any(_can_come(machine, node, scope, edge.id, ()) for edge in missing):
                        _reset(machine, node, scope)
                        return True
                continue
            here = [edge for edge in waiting if waiting[edge]]
            if not any(_can_come(machine, node, scope, edge.id, here) for edge in node.into if edge.id not in waiting):
                _fire(machine, node, scope, _waiting(machine, node, scope))
                return True
    return False


def _can_come(machine: Machine, gate: Node, scope: str, edge: str, here: list[str] | tuple[()]) -> bool:
    """[13.4.3] Some token in the scope has a way to this edge, and none to an edge where a token waits already."""
    by_id = {into.id: into for into in gate.into}
    to_empty = machine.net.reaching(gate, by_id[edge])
    to_full = [machine.net.reaching(gate, by_id[full]) for full in here]
    places = [kept["n"] for kept in machine.at.values() if kept["p"] == scope and "o" not in kept]
    places += [name for name in machine.at[scope].get("j", ()) if name != gate.id]
    return any(place in to_empty and not any(place in full for full in to_full) for place in places)


def _fire(machine: Machine, node: Node, scope: str, waiting: dict[str, int]) -> None:
    took = len(waiting)
    left = {edge: count - 1 for edge, count in waiting.items() if count > 1}
    kept = machine.mine(scope)
    _keep(kept, node, left)
    kept["k"] -= took - 1
    machine.begin(node, scope)


def _arrive_at_some(machine: Machine, node: Node, scope: str, edge: str, waiting: dict[str, int]) -> None:
    """[13.4.5] It fires once with the first tokens; the others of the round are taken in and go nowhere."""
    kept = machine.mine(scope)
    fired: list[str] | None = waiting.get(_FIRED)  # type: ignore[assignment]
    if fired is not None and edge not in fired:
        waiting[_FIRED] = [*fired, edge]  # type: ignore[assignment]
        if len(fired) + 1 == len(node.into):
            _reset(machine, node, scope)
        machine.consume(scope)
        return
    waiting[edge] = waiting.get(edge, 0) + 1
    if fired is not None or sum(waiting.values()) < int(node.join):
        return
    kept["k"] -= sum(waiting.values()) - 1
    came = list(waiting)
    _keep(kept, node, {} if len(came) == len(node.into) else {_FIRED: came})
    machine.begin(node, scope)


def _reset(machine: Machine, node: Node, scope: str) -> None:
    """The round is over; tokens that came twice begin the next one."""
    waiting = _waiting(machine, node, scope)
    waiting.pop(_FIRED)
    again = [edge for edge, count in waiting.items() for _token in range(count)]
    _keep(machine.mine(scope), node, {})
    for edge in again:
        machine.queue.append((node, scope, edge))


def _waiting(machine: Machine, node: Node, scope: str) -> dict[str, int]:
    """The tokens at this node, to be changed."""
    kept = machine.mine(scope)
    joins = kept["j"] = dict(kept.get("j", ()))
    waiting = joins[node.id] = dict(joins.get(node.id, ()))
    return waiting


def _keep(kept: Kept, node: Node, waiting: dict[str, int] | dict[str, list[str]]) -> None:
    if waiting:
        kept["j"][node.id] = waiting
    else:
        kept["j"].pop(node.id, None)
        if not kept["j"]:
            kept.pop("j")
