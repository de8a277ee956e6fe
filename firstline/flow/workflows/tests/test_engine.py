"""Runs of small workflows, one rule each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine import inputs as given
from firstline.flow.workflows.engine.advancing import advance
from firstline.flow.workflows.engine.compiling import compiled
from firstline.flow.workflows.engine.definition import must_read
from firstline.flow.workflows.engine.effects import Effect
from firstline.flow.workflows.engine.net import Net
from firstline.flow.workflows.engine.state import State, standing, stuck
from firstline.flow.workflows.engine.versions import can_move, move, preview
from firstline.flow.workflows.fields import HouseLanguage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LAPTOP = Path(__file__).with_name("laptop.yaml").read_text()


def net_of(steps: str, fields: str = "", version: int = 1) -> Net:
    head = f"workflow: small\nname: Small\nfields: [{fields}]\nsteps:\n  - {{kind: start, id: begin, next: a}}\n"
    text = head + "\n".join("  " + line for line in steps.strip("\n").splitlines())
    return compiled(must_read(text, HouseLanguage()), HouseLanguage(), version)


class Run:
    """A run with its last effects; every state goes through JSON, as it does in the database."""

    def __init__(self, net: Net, data: Mapping[str, Any] | None = None) -> None:
        self.net, self.now = net, NOW
        self.state: State | None = None
        self.effects: list[Effect] = []
        self.give(given.Start(data or {}))

    def give(self, what: given.Input) -> Run:
        before = json.dumps(self.state)
        state, self.effects = advance(self.net, self.state, what, self.now)
        assert json.dumps(self.state) == before, "the state that was given has been changed"
        self.state = json.loads(json.dumps(state))
        return self

    def at(self, step: str) -> str:
        """The first instance of a step that is open."""
        assert self.state is not None
        return next(
            instance for instance, name in standing(self.state).items()
            if name == step and "l" not in self.state["at"][instance]
        )  # fmt: skip

    def answer(self, step: str, outcome: str = "", **data: Any) -> Run:
        return self.give(given.Answer(self.at(step), outcome, data, by="ada"))

    @property
    def open(self) -> list[str]:
        assert self.state is not None
        return sorted(name for name in standing(self.state).values() if name != "(run)")

    @property
    def ended(self) -> tuple[str, str] | None:
        return next(((one.how, one.outcome) for one in self.effects if isinstance(one, wanted.EndRun)), None)

    @property
    def refused(self) -> str:
        return next((one.sentence for one in self.effects if isinstance(one, wanted.Refuse)), "")


def laptop(**data: Any) -> Run:
    net = compiled(must_read(LAPTOP, HouseLanguage()), HouseLanguage(), 1)
    return Run(net, {"cost": 2000, "devices": ["bag", "dock"], "requester": "rosa"} | data)


def test_the_example_runs_to_its_end() -> None:
    run = laptop()

    run.answer("manager", "approved").answer("order", asset="LT-7").give(given.Finished(run.at("account")))
    assert [effect.local for effect in run.effects if isinstance(effect, wanted.OpenTask)] == [
        {"device": "bag"},
        {"device": "dock"},
    ]
    run.answer("give").answer("give")

    assert run.ended == ("done", "done")
    assert run.state is not None
    assert run.state["data"]["asset"] == "LT-7"
    assert run.state["at"] == {}


def test_a_decision_takes_the_first_edge_that_holds_and_else_the_other() -> None:
    assert laptop(cost=2000).open == ["manager"]
    assert laptop(cost=10).open == ["account", "order"]


def test_a_refusal_goes_the_way_of_refusals() -> None:
    run = laptop().answer("manager", "refused")

    assert run.ended == ("done", "refused")


def test_a_join_waits_for_those_who_can_still_come() -> None:
    run = laptop(cost=1).give(given.DataChanged({}))

    run.give(given.Failed(run.at("account"), reason="The directory does not answer."))
    assert run.open == ["by_hand", "order"]
    run.answer("by_hand")
    assert run.open == ["order"]
    run.answer("order")

    assert run.open.count("give") == 2


@pytest.mark.parametrize(
    ("late", "sentence"),
    [
        (given.Answer("2", "approved"), "answered already"),
        (given.TimerFired("2", "manager.late"), "does not run any more"),
        (given.Answer("99"), "answered already"),
        (given.Answer("3", "maybe"), "cannot be answered with “maybe”"),
        (given.Start(), "begun already"),
        (given.Answer("3", data={"manager.outcome": "refused"}), "no field “manager.outcome”"),
        (given.DataChanged({"requester": "omar"}), "no field “requester”"),
        (given.Arrived("reply", "requester"), "Nobody waits"),
        (given.Retry("3"), "does not stand still"),
        (given.Skip("3", " "), "needs a reason"),
        (given.Skip("3", "no time", to="done"), "No edge leads"),
    ],
)
@pytest.mark.abuse("D17")
def test_what_comes_late_or_twice_or_from_elsewhere_changes_nothing(late: given.Input, sentence: str) -> None:
    run = laptop().answer("manager", "approved")
    before = run.state

    run.give(late)

    assert sentence in run.refused
    assert run.state == before


def test_after_its_end_a_run_takes_nothing_more() -> None:
    run = laptop().answer("manager", "refused")

    assert run.give(given.Withdraw()).refused == "The run is over."


def test_withdrawing_calls_off_every_step_and_timer() -> None:
    run = laptop().give(given.Withdraw("changed my mind", by="rosa"))

    assert run.effects == [
        wanted.CancelTimer("2", "manager.nudge"),
        wanted.CancelTimer("2", "manager.late"),
        wanted.Closed("2", "manager", "called_off"),
        wanted.EndRun("withdrawn", "", "changed my mind"),
    ]
    assert run.state is not None
    assert (run.state["at"], run.state["status"]) == ({}, "withdrawn")


def test_a_reminder_repeats_and_the_step_stays_open() -> None:
    run = laptop()

    for _time in range(3):
        run.give(given.TimerFired(run.at("manager"), "manager.nudge"))
        assert any(isinstance(effect, wanted.Remind) for effect in run.effects)
    run.give(given.TimerFired(run.at("manager"), "manager.nudge"))

    assert run.refused
    assert run.open == ["manager"]


def test_a_timer_that_goes_on_gives_the_step_up() -> None:
    run = laptop().give(given.TimerFired("2", "manager.late"))

    assert run.ended == ("done", "refused")
    assert wanted.Closed("2", "manager", "timed_out") in run.effects


def test_a_timer_of_elapsed_time_is_refused_before_it_is_due() -> None:
    run = Run(net_of("- {kind: wait, id: a, until: time, span: 2 hours, next: z}\n- {kind: end, id: z}"))
    assert wanted.SetTimer("2", "a", (NOW + timedelta(hours=2)).isoformat()) in run.effects

    assert "due at" in run.give(given.TimerFired("2", "a")).refused
    run.now += timedelta(hours=2)

    assert run.give(given.TimerFired("2", "a")).ended == ("done", "done")


def test_a_failure_nobody_catches_stands_still_until_it_is_repaired() -> None:
    run = Run(net_of("- {kind: action, id: a, action: ticket.close, next: z}\n- {kind: end, id: z}"))

    run.give(given.Failed("2", reason="It is locked."))
    assert run.state is not None
    assert stuck(run.state) == {"2": "It is locked."}
    run.give(given.Retry("2"))

    assert run.effects == [wanted.RunAction("2", "a")]
    assert run.give(given.Finished("2")).ended == ("done", "done")


def test_a_step_is_skipped_with_a_reason() -> None:
    run = laptop().give(given.Skip("2", "The manager left the company.", outcome="approved", by="lin"))

    assert wanted.Closed("2", "manager", "skipped", "approved", "lin") in run.effects
    assert run.open == ["account", "order"]


FORK = """
- {kind: parallel, id: a, next: [{to: b}, {to: c}, {to: d}]}
- {kind: task, id: b, next: j}
- {kind: task, id: c, next: j}
- {kind: task, id: d, next: j}
- {kind: join, id: j, wait_for: HOW, next: e}
- {kind: task, id: e, next: z}
- {kind: end, id: z}
"""


@pytest.mark.parametrize(("how", "needed"), [("all", 3), ("coming", 3), ("first", 1), ("2", 2)])
def test_a_join_fires_once_with_as_many_as_it_waits_for(how: str, needed: int) -> None:
    run = Run(net_of(FORK.replace("HOW", how)))

    for number, step in enumerate("bcd", 1):
        run.answer(step)
        assert ("e" in run.open) == (number >= needed)

    assert run.open == ["e"]
    assert run.answer("e").ended == ("done", "done")


def test_an_end_that_stops_ends_everything() -> None:
    run = Run(
        net_of("""
- {kind: parallel, id: a, next: [{to: b}, {to: c}]}
- {kind: task, id: b, next: y}
- {kind: task, id: c, next: z}
- {kind: end, id: y, outcome: enough, stops: true}
- {kind: end, id: z}
""")
    )

    assert run.answer("b").ended == ("done", "enough")


LIST = "{key: items, type: list}, {key: n, type: number}"
EACH = """
- kind: for_each
  id: a
  over: items
  order: ORDER
  MORE
  next: z
  steps:
    - {kind: task, id: do, next: done}
    - {kind: end, id: done}
- {kind: end, id: z}
"""


def test_a_for_each_runs_one_by_one() -> None:
    net = net_of(EACH.replace("ORDER", "one_by_one").replace("  MORE\n", ""), LIST)
    run = Run(net, {"items": ["x", "y"]})

    assert run.open == ["a", "a", "do"]
    run.answer("do")
    assert [effect.local for effect in run.effects if isinstance(effect, wanted.OpenTask)] == [{"item": "y"}]

    assert run.answer("do").ended == ("done", "done")


def test_a_for_each_over_nothing_goes_on() -> None:
    assert Run(net_of(EACH.replace("ORDER", "together").replace("  MORE\n", ""), LIST)).ended == ("done", "done")


def test_a_for_each_that_could_not_begin_is_put_away_when_it_is_tried_again() -> None:
    run = Run(net_of(EACH.replace("ORDER", "together").replace("  MORE\n", ""), LIST), {"items": "no list"})
    (instance,) = stuck(run.state or {})

    run.give(given.DataChanged({"items": ["x"]})).give(given.Retry(instance))

    assert [effect.instance for effect in run.effects if isinstance(effect, wanted.Closed)] == [instance]
    assert run.answer("do").ended == ("done", "done")


def test_a_for_each_that_has_enough_calls_the_others_off() -> None:
    net = net_of(EACH.replace("ORDER", "together").replace("MORE", "enough: 2"), LIST)
    run = Run(net, {"items": [1, 2, 3]})

    run.answer("do").answer("do")

    assert run.ended == ("done", "done")
    assert [effect.how for effect in run.effects if isinstance(effect, wanted.Closed) and effect.step == "do"] == [
        "done",
        "called_off",
    ]


def test_a_wait_for_a_condition_goes_on_when_the_data_fits() -> None:
    net = net_of("- {kind: wait, id: a, until: condition, when: 'n:>3', next: z}\n- {kind: end, id: z}", LIST)
    run = Run(net, {"n": 1})

    assert run.give(given.DataChanged({"n": 2})).open == ["a"]
    assert run.give(given.DataChanged({"n": 4})).ended == ("done", "done")
    assert Run(net, {"n": 5}).ended == ("done", "done")


def test_a_wait_for_a_reply_goes_on_with_it() -> None:
    run = Run(net_of("- {kind: wait, id: a, until: reply, next: z}\n- {kind: end, id: z}"))

    assert run.give(given.Arrived("reply", "manager")).refused
    assert run.give(given.Arrived("reply", "requester", by="rosa")).ended == ("done", "done")


@pytest.mark.abuse("H12")
def test_a_loop_without_a_way_out_is_halted_in_sight_and_can_be_called_off() -> None:
    net = net_of(
        """
- {kind: task, id: a, next: b}
- {kind: notify, id: b, whom: [requester], subject: Again, next: [{to: b, when: "n:<5"}, {to: z, otherwise: true}]}
- {kind: end, id: z}
""",
        LIST,
    )
    run = Run(net, {"n": 1})

    run.answer("a")
    assert [type(effect) for effect in run.effects] == [wanted.Halt]
    assert run.state is not None
    assert run.state["status"] == "halted"
    assert "halted" in run.answer("a").refused

    assert run.give(given.Cancel("It loops.")).ended == ("cancelled", "")


@pytest.mark.abuse("H12")
def test_a_thousand_steps_in_a_row_are_no_deeper_than_one() -> None:
    tasks = "\n".join(f"- {{kind: task, id: s{n}, next: s{n + 1}}}" for n in range(1_500))
    net = net_of(f"- {{kind: task, id: a, next: s0}}\n{tasks}\n- {{kind: end, id: s1500}}")
    run = Run(net).answer("a")

    for n in range(1_500):
        state, _effects = advance(net, run.state, given.Answer(run.at(f"s{n}")), NOW)
        run.state = state

    assert run.state is not None
    assert run.state["status"] == "done"


def test_a_run_moves_to_another_version_where_its_step_exists() -> None:
    old = net_of("- {kind: task, id: a, name: Look, next: z}\n- {kind: end, id: z}")
    new = net_of("- {kind: task, id: a, name: Look, timers: [{id: t, after: 1 hour}], next: b}\n"
                 "- {kind: task, id: b, name: Check, next: z}\n- {kind: end, id: z}", version=2)  # fmt: skip
    run = Run(old)
    assert run.state is not None

    assert can_move(run.state, old, new) == []
    assert "After “Look” it goes on with “Check”." in preview(run.state, old, new)
    run.state, effects = move(run.state, old, new, NOW)
    run.net = new

    assert [type(effect) for effect in effects] == [wanted.SetTimer]
    assert run.answer("a").open == ["b"]


def test_a_run_stays_where_the_new_version_lacks_its_step() -> None:
    old = net_of("- {kind: task, id: a, name: Look, next: z}\n- {kind: end, id: z}")
    new = net_of("- {kind: wait, id: a, until: reply, next: z}\n- {kind: end, id: z}", version=2)
    run = Run(old)
    assert run.state is not None

    state, effects = move(run.state, old, new, NOW)

    assert effects == [wanted.Refuse("“Look” is something else in the new version.")]
    assert state == run.state


def test_branches_that_wait_at_a_join_move_along() -> None:
    old, new = net_of(FORK.replace("HOW", "all")), net_of(FORK.replace("HOW", "all"), version=2)
    run = Run(old).answer("b").answer("c")
    assert run.state is not None

    run.state, _effects = move(run.state, old, new, NOW)
    run.net = new

    assert run.answer("d").open == ["e"]
