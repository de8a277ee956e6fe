"""`advance`: the only way a run moves on. Pure: it reads no clock, draws no chance, and leaves the state it was given
as it was."""

from __future__ import annotations

from datetime import datetime

from . import events, watching
from . import inputs as given
from .effects import Effect, Halt, Refuse
from .inputs import Input
from .machine import MOST_HOPS, Looping, Machine
from .net import Edge, Net, Node
from .state import HALTED, OVER, RUNNING, State, beginning


class Refused(Exception):
    """The input does not belong here; its text is the sentence."""


def advance(net: Net, state: State | None, what: Input, now: datetime) -> tuple[State, list[Effect]]:
    """The state after the input, and what is to be done. `state` is None before the start.

    An input that comes late, twice, or belongs elsewhere gives the same state and one `Refuse`; one that would never
    come to rest gives the state halted, without its consequences, and one `Halt`. Raises nothing else.
    """
    before = state if state is not None else beginning(net.key, net.version)
    machine = Machine(net, before, now)
    try:
        _check(net, state, before, what)
        _apply(machine, what)
        machine.run()
    except Refused as refused:
        return before, [Refuse(str(refused))]
    except (Looping, RecursionError):
        why = f"It does not come to rest: more than {MOST_HOPS} hops. There is a loop without a way out."
        return {**before, "status": HALTED, "why": why}, [Halt(why)]
    return machine.state, machine.effects


def _check(net: Net, state: State | None, before: State, what: Input) -> None:
    if before["flow"] != net.key or before["version"] != net.version:
        raise Refused(f"This run belongs to version {before['version']} of “{before['flow']}”.")
    _check_data(net, what)
    if isinstance(what, given.Start):
        if state is not None and (state["at"] or state["status"] != RUNNING):
            raise Refused("The run has begun already.")
        missing = [key for key in net.required if what.data.get(key) in (None, "", [])]
        if missing:
            raise Refused(f"Without {', '.join(f'“{key}”' for key in missing)} it cannot begin.")
        return
    if state is None or (not state["at"] and state["status"] == RUNNING):
        raise Refused("The run has not begun.")
    if state["status"] in OVER:
        raise Refused("The run is over.")
    calls_off = isinstance(what, given.Cancel | given.Withdraw)
    repairs = isinstance(what, given.Retry) and what.instance is None
    if state["status"] == HALTED and not calls_off and not repairs:
        raise Refused("The run is halted; it must be repaired first.")


def _check_data(net: Net, what: Input) -> None:
    """Nobody writes what a run knows of itself: outcomes, its requester."""
    if net.declared is None:
        return
    known = net.declared | net.given if isinstance(what, given.Start) else net.declared
    for key in getattr(what, "data", ()):
        if key not in known:
            raise Refused(f"There is no field “{key}”.")


def _apply(machine: Machine, what: Input) -> None:
    match what:
        case given.Start():
            _start(machine, what)
        case given.Answer() | given.Finished():
            _answer(machine, what)
        case given.Failed(instance=instance, code=code, reason=reason):
            node = _activity(machine, instance)
            if not events.fail(machine, instance, code):
                sentence = reason or f"“{node.name or node.id}” failed."
                machine.mine(instance)["s"] = sentence
                machine.effects.append(Halt(sentence, node.id, instance))
        case given.TimerFired(instance=instance, timer=timer):
            due, _more = machine.at.get(instance, {}).get("t", {}).get(timer, (None, None))
            if timer not in machine.at.get(instance, {}).get("t", {}):
                raise Refused("This timer does not run any more.")
            if due is not None and machine.now < datetime.fromisoformat(due):
                raise Refused(f"This timer is due at {due}.")
            watching.fired(machine, instance, timer)
        case given.Arrived():
            _arrive(machine, what)
        case given.DataChanged(data=data):
            machine.write(data, None)
        case given.Cancel(reason=reason):
            machine.stop("cancelled", reason)
        case given.Withdraw(reason=reason):
            machine.stop("withdrawn", reason)
        case given.Retry():
            _retry(machine, what)
        case given.Skip():
            _skip(machine, what)


def _start(machine: Machine, start: given.Start) -> None:
    process = machine.net.processes[0]
    first = next((node for node in process.starts if node.id == start.at), None)
    if start.at and first is None:
        raise Refused(f"There is no start “{start.at}”.")
    machine.state["data"] = machine.data = dict(start.data)
    machine.owns_data = True
    if start.beside:
        for other in machine.net.processes:
            if other.id in start.beside:
                machine.begin_process(other, _plain_start(other))
    else:
        machine.begin_process(process, first or process.starts[0])


def _plain_start(process: Node) -> Node | None:
    """Several plain starts all get a token; beside starts with a trigger, only the plain one does."""
    plain = [start for start in process.starts if not start.triggers and start.kind != "choice"]
    return plain[0] if len(plain) < len(process.starts) and plain else None


def _answer(machine: Machine, answer: given.Answer | given.Finished) -> None:
    node = _activity(machine, answer.instance)
    outcome = answer.outcome or (node.outcomes[0] if len(node.outcomes) == 1 else "")
    if node.outcomes and outcome not in node.outcomes:
        raise Refused(
            f"“{node.name or node.id}” cannot be answered with “{outcome}”, only: {', '.join(node.outcomes)}."
        )
    values = dict(answer.data)
    if node.outcomes:
        values[f"{node.id}.outcome"] = outcome
    machine.write(values, machine.at[answer.instance]["p"])
    machine.finish(answer.instance, outcome, by=answer.by if isinstance(answer, given.Answer) else None)


def _activity(machine: Machine, instance: str) -> Node:
    """The open step that is answered; stands still or not, what was done was done."""
    kept = machine.at.get(instance)
    if kept is None:
        raise Refused("This step was answered already, or is not needed any more.")
    node = machine.net.nodes[kept["n"]]
    if node.kind != "activity" or "l" in kept or "w" in kept:
        raise Refused(f"“{node.name or node.id}” is nothing that is answered.")
    return node


def _arrive(machine: Machine, arrived: given.Arrived) -> None:
    if arrived.instance is not None and arrived.instance not in machine.at:
        raise Refused("Nobody waits for this any more.")
    machine.write(arrived.data, None)
    if not events.deliver(machine, arrived.kind, arrived.name, only=arrived.instance):
        raise Refused("Nobody waits for this.")


def _retry(machine: Machine, retry: given.Retry) -> None:
    if retry.instance is None:
        if machine.state["status"] != HALTED:
            raise Refused("The run is not halted.")
        machine.state["status"] = RUNNING
        machine.state.pop("why", None)
        return
    kept = machine.at.get(retry.instance)
    if kept is None or "s" not in kept:
        raise Refused("This step does not stand still.")
    node = machine.net.nodes[kept["n"]]
    if "w" in kept:
        machine.close(retry.instance, "called_off", by=retry.by)
        machine.leave(node, kept["p"], kept["w"])
    elif node.loop is not None and "o" not in kept:
        machine.close(retry.instance, "called_off", by=retry.by)
        machine.begin(node, kept["p"])
    else:
        machine.mine(retry.instance).pop("s")
        if node.effect is not None:
            machine.effects.append(node.effect(retry.instance, node.id, machine.locals(retry.instance)))


def _skip(machine: Machine, skip: given.Skip) -> None:
    kept = machine.at.get(skip.instance)
    if kept is None:
        raise Refused("This step was answered already, or is not needed any more.")
    if not skip.reason.strip():
        raise Refused("Skipping a step needs a reason.")
    node = machine.net.nodes[kept["n"]]
    if kept["p"] is None or "m" in kept:
        raise Refused("This cannot be skipped.")
    edge = _way(node, skip.to)
    if skip.outcome and skip.outcome not in node.outcomes:
        raise Refused(f"“{node.name or node.id}” cannot end with “{skip.outcome}”.")
    if edge is None and (node.kind == "choice" or "w" in kept):
        raise Refused("Say with which step it goes on.")
    if node.outcomes and skip.outcome:
        machine.write({f"{node.id}.outcome": skip.outcome}, kept["p"])
    if "w" in kept and edge is not None:
        machine.at.pop(skip.instance)
        machine.queue.append((edge.target, kept["p"], edge.id))
        return
    for other in [
        other for other, inner in machine.at.items() if inner["p"] == skip.instance or inner.get("o") == skip.instance
    ]:
        if other in machine.at:
            machine.call_off(other)
    machine.finish(skip.instance, skip.outcome, how="skipped", by=skip.by, to=edge)


def _way(node: Node, to: str | None) -> Edge | None:
    if to is None:
        return None
    edge = next((edge for edge in node.out if edge.target.id == to), None)
    if edge is None:
        raise Refused(f"No edge leads from “{node.name or node.id}” to “{to}”.")
    return edge
