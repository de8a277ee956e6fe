"""What is true of every run of every workflow, whatever happens to it in whatever order."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as some

from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine import inputs as given
from firstline.flow.workflows.engine.advancing import advance
from firstline.flow.workflows.engine.compiling import compiled
from firstline.flow.workflows.engine.definition import Definition, must_read, write
from firstline.flow.workflows.engine.inputs import Input
from firstline.flow.workflows.engine.net import Net
from firstline.flow.workflows.engine.replaying import replay
from firstline.flow.workflows.engine.state import OVER, State
from firstline.flow.workflows.engine.versions import move
from firstline.flow.workflows.fields import HouseLanguage

from .drawing import definitions
from .test_engine import NOW

MANY = int(os.environ.get("FIRSTLINE_EXAMPLES", "25"))


def something(draw: Any, net: Net, state: State) -> Input:
    """Mostly what fits the state; sometimes what does not."""
    open_ones = [*state["at"], "999"]
    instance = draw(some.sampled_from(open_ones))
    node = net.nodes.get(state["at"].get(instance, {"n": "?"})["n"])
    timers = [*state["at"].get(instance, {}).get("t", ()), "late"]
    outcome = draw(some.sampled_from([*(node.outcomes if node else ()), ""]))
    data = draw(some.sampled_from([{}, {"n": 1}, {"n": 7}, {"n": 9}, {"items": [1, 2, 3]}, {"items": "no list"}]))
    return draw(some.sampled_from([
        given.Answer(instance, outcome, data, by="ada"), given.Answer(instance, outcome, data, by="ada"),
        given.Finished(instance, outcome, data), given.Failed(instance, "", "broken"),
        given.TimerFired(instance, draw(some.sampled_from(timers))),
        given.Arrived("reply", "requester"), given.Arrived("message", "parcel", instance=instance),
        given.DataChanged(data), given.Retry(instance), given.Skip(instance, "because", outcome),
        given.Start({"n": 3}), given.Retry(),
    ]))  # fmt: skip


def counted(net: Net, state: State) -> None:
    """No token is lost or doubled: each scope knows exactly those that are in it."""
    at = state["at"]
    for instance, kept in at.items():
        if "k" in kept:
            resting = sum(1 for other in at.values() if other["p"] == instance and "o" not in other)
            waiting = sum(
                count for tokens in kept.get("j", {}).values() for edge, count in tokens.items() if edge != "!"
            )
            assert kept["k"] == resting + waiting, (instance, kept)
        assert kept["p"] is None or kept["p"] in at
        assert "o" not in kept or kept["o"] in at
        assert kept["n"] in net.nodes


def played(draw: Any, net: Net, steps: int) -> tuple[State, list[tuple[Input, Any]], list[Any]]:
    now = NOW
    inputs: list[tuple[Input, Any]] = [(given.Start({"n": 3, "items": ["a", "b"]}), now)]
    state, effects = advance(net, None, inputs[0][0], now)
    everything = [effects]
    for _step in range(steps):
        counted(net, state)
        now += timedelta(minutes=draw(some.integers(0, 180)))
        what = something(draw, net, state)
        before = json.dumps(state)
        after, effects = advance(net, state, what, now)
        assert json.dumps(state) == before
        if any(isinstance(effect, wanted.Refuse) for effect in effects):
            assert after is state
            assert len(effects) == 1
        inputs.append((what, now))
        everything.append(effects)
        state = json.loads(json.dumps(after))
    counted(net, state)
    return state, inputs, everything


@settings(max_examples=MANY, deadline=None)
@drawn(definitions(), some.data())
def test_no_token_is_lost_and_a_replay_gives_the_same_run(definition: Definition, data: Any) -> None:
    net = compiled(definition, HouseLanguage())

    state, inputs, effects = played(data.draw, net, 12)
    again, effects_again = replay(compiled(must_read(write(definition)), HouseLanguage()), inputs)

    assert again == state
    assert effects_again == effects


@settings(max_examples=MANY, deadline=None)
@drawn(definitions(), some.data())
@pytest.mark.accepts("S1.35")
def test_every_step_that_opened_closes_exactly_once_before_a_run_is_over(definition: Definition, data: Any) -> None:
    net = compiled(definition, HouseLanguage())
    state, inputs, effects = played(data.draw, net, 20)
    if state["status"] not in OVER:
        state, last = advance(net, state, given.Cancel("enough"), NOW)
        effects.append(last)

    flat = [effect for batch in effects for effect in batch]
    opened = Counter(effect.instance for effect in flat if isinstance(effect, wanted.Opened))
    closed = Counter(effect.instance for effect in flat if isinstance(effect, wanted.Closed))
    retried = {what.instance for what, _now in inputs if isinstance(what, given.Retry)}

    # What cannot even begin (a for-each over no list) stands still in sight, and is an instance as well.
    halted = {effect.instance for effect in flat if isinstance(effect, wanted.Halt) and effect.instance is not None}
    assert set(opened) | halted == set(closed)
    assert set(closed.values()) <= {1}
    assert {instance for instance, times in opened.items() if times > 1} <= retried  # only a retry opens again
    assert state["at"] == {}
    assert sum(isinstance(effect, wanted.EndRun) for effect in flat) == 1


@settings(max_examples=MANY, deadline=None)
@drawn(definitions(), some.data())
def test_a_run_moved_to_the_same_workflow_goes_on_as_if_it_had_not(definition: Definition, data: Any) -> None:
    old, new = compiled(definition, HouseLanguage(), 1), compiled(definition, HouseLanguage(), 2)
    state, _inputs, _effects = played(data.draw, old, 6)
    if state["status"] != "running":
        return

    moved, effects = move(state, old, new, NOW)

    assert effects == []
    assert moved == state | {"version": 2}
