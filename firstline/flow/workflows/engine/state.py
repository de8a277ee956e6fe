"""The state of a run: plain JSON, small, with its format and version in it.

`at` holds the step instances by number. Of each: `n` its node, `p` the scope instance it is in (None: a process),
and where they apply: `o` its owner (a repetition, a compensation), `t` timers (due, how many more), `v` data of its
own, `c` conditions that were already true, `g` triggers that happened, `s` why it stands still, `w` that it does so
on its way out, with this outcome. Of scopes: `k` how many tokens are in it, `j` those waiting at joins, `d` what could
be compensated, `x` it was interrupted, `a` what is still to be run ad hoc. Of repetitions: `l` (how many in all,
begun, done) and `i` the entries. Of compensations: `m` what is still to be undone, `q` where, `y` because a
transaction was cancelled. Tokens between steps are never kept: a run always moves until it rests.
"""

from __future__ import annotations

from typing import Any

type State = dict[str, Any]

FORMAT = 1
RUNNING, HALTED = "running", "halted"
OVER = ("done", "cancelled", "withdrawn", "failed")


def beginning(key: str, version: int) -> State:
    return {
        "format": FORMAT,
        "flow": key,
        "version": version,
        "status": RUNNING,
        "outcome": "",
        "next": 1,
        "data": {},
        "at": {},
    }


def standing(state: State) -> dict[str, str]:
    """Instance → step: where the run stands. With the scopes around."""
    return {instance: kept["n"] for instance, kept in state["at"].items()}


def stuck(state: State) -> dict[str, str]:
    """Instance → why it stands still until somebody repairs it."""
    return {instance: kept["s"] for instance, kept in state["at"].items() if "s" in kept}


def seen_from(state: State, instance: str | None) -> dict[str, Any]:
    """The data as this instance sees it: the entries of the repetitions around it lie over the data of the run."""
    at, layers = state["at"], []
    while instance is not None and (kept := at.get(instance)) is not None:
        if "v" in kept:
            layers.append(kept["v"])
        instance = kept["p"]
    seen = dict(state["data"])
    for layer in reversed(layers):
        seen.update(layer)
    return seen
