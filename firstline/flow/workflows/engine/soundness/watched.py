"""The engine itself, watched: which ways its tokens take, and which of them end while others go on."""

from __future__ import annotations

from datetime import UTC, datetime

from firstline.flow.workflows.engine.advancing import Refused, _apply
from firstline.flow.workflows.engine.inputs import Input, Start
from firstline.flow.workflows.engine.machine import Looping, Machine
from firstline.flow.workflows.engine.net import Net, Node
from firstline.flow.workflows.engine.state import State, beginning

# The moments of timers are taken out of every state, so no time passes.
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Watched(Machine):
    __slots__ = ("ended_early", "entered", "taken")

    def __init__(self, net: Net, state: State) -> None:
        super().__init__(net, state, NOW)
        self.entered: list[str] = []
        self.taken: list[str] = []  # edges
        self.ended_early: list[str] = []

    def enter(self, node: Node, scope: str, edge: str) -> None:
        self.entered.append(node.id)
        if edge:
            self.taken.append(edge)
        super().enter(node, scope, edge)

    def end(self, node: Node, scope: str) -> None:
        if self.at[scope]["k"] > 1:
            self.ended_early.append(node.id)
        super().end(node, scope)


def advanced(net: Net, state: State | None, what: Input) -> tuple[Watched, bool]:
    """The machine after the input, and whether it came to rest. An input that does not belong changes nothing."""
    machine = Watched(net, state if state is not None else beginning(net.key, net.version))
    if isinstance(what, Start) and what.at:
        machine.entered.append(what.at)
    try:
        _apply(machine, what)
        machine.run()
    except Refused:
        return machine, True
    except (Looping, RecursionError):
        return machine, False
    return machine, True
