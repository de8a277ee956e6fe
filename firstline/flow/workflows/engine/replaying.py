"""A run as it was recorded: its inputs and their moments give the same states and effects again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from .advancing import advance
from .effects import Effect
from .inputs import Input
from .net import Net
from .state import State
from .versions import Moved, move


def replay(
    net: Net, inputs: Iterable[tuple[Input | Moved, datetime]], others: Mapping[int, Net] | None = None
) -> tuple[State | None, list[list[Effect]]]:
    """The last state, and the effects of each input. `net`: of the version it began with; `others`: those it was
    moved to, by number."""
    state: State | None = None
    effects: list[list[Effect]] = []
    for given, now in inputs:
        if isinstance(given, Moved):
            if state is None:
                raise ValueError("A run that has not begun cannot have been moved.")
            after = (others or {})[given.to]
            state, wanted = move(state, net, after, now)
            net = after
        else:
            state, wanted = advance(net, state, given, now)
        effects.append(wanted)
    return state, effects
