"""A run as it was recorded: its inputs and their moments give the same states and effects again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .advancing import advance
from .effects import Effect
from .inputs import Input
from .net import Net
from .state import State


def replay(net: Net, inputs: Iterable[tuple[Input, datetime]]) -> tuple[State | None, list[list[Effect]]]:
    """The last state, and the effects of each input."""
    state, effects = None, []
    for given, now in inputs:
        state, wanted = advance(net, state, given, now)
        effects.append(wanted)
    return state, effects
