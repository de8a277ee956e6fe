"""Drafts that would lose their place are refused, with the way that shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as some

from firstline.flow.workflows.engine import inputs as given
from firstline.flow.workflows.engine.advancing import advance
from firstline.flow.workflows.engine.compiling import compiled
from firstline.flow.workflows.engine.definition import Definition, understand
from firstline.flow.workflows.engine.soundness import Proof, prove
from firstline.flow.workflows.fields import HouseLanguage

from .drawing import definitions
from .test_any_run import MANY, something
from .test_engine import NOW

LANGUAGE = HouseLanguage()
FIELDS = [
    {"key": "cost", "type": "number"},
    {"key": "risk", "type": "choice", "required": True, "choices": [{"key": "low"}, {"key": "high"}]},
    {"key": "urgent", "type": "yes_no"},
    {"key": "reason"},
]
START = {"kind": "start", "id": "begin", "next": "first"}


def task(name: str, then: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "task", "id": name, "next": then, **more}


def end(name: str = "done", **more: Any) -> dict[str, Any]:
    return {"kind": "end", "id": name, **more}


def flow(*steps: dict[str, Any], begin: str = "first") -> Definition:
    definition, problems = understand(
        {"workflow": "drawn", "name": "Drawn", "fields": FIELDS, "steps": [START | {"next": begin}, *steps]}, LANGUAGE
    )
    assert definition is not None
    assert problems == []
    return definition


def proof(*steps: dict[str, Any]) -> Proof:
    return prove(flow(*steps), LANGUAGE)


def errors(*steps: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding.code, finding.step) for finding in proof(*steps).findings if finding.severity == "error"]


def fork(*to: str) -> dict[str, Any]:
    return {"kind": "parallel", "id": "first", "next": [{"to": name} for name in to]}


def test_branches_that_meet_are_sound() -> None:
    found = proof(
        fork("a", "b"), task("a", "met"), task("b", "met"), {"kind": "join", "id": "met", "next": "done"}, end()
    )

    assert found.is_sound
    assert found.findings == ()


def test_a_join_that_waits_for_a_branch_that_went_elsewhere_is_a_deadlock() -> None:
    found = proof(
        fork("a", "b"),
        task("a", [{"to": "met", "outcome": "yes"}, {"to": "other", "outcome": "no"}], answers=["yes", "no"]),
        task("b", "met"),
        {"kind": "join", "id": "met", "wait_for": "all", "next": "done"},
        end(), end("other", stops=False),
    )  # fmt: skip

    assert ("deadlock", "met") in [(finding.code, finding.step) for finding in found.findings]
    shown = next(finding for finding in found.findings if finding.code == "deadlock")
    assert shown.path[:2] == ("begin", "first")
    assert "“a” (no)" in shown.said()
    assert "“met” waits for what never comes" in shown.said()


def test_an_end_with_work_left_over_is_refused_unless_it_stops_the_rest() -> None:
    steps = [fork("a", "b"), task("a", "met"), task("b", "met")]
    race = {"kind": "join", "id": "met", "wait_for": "first", "next": "done"}

    assert errors(*steps, race, end()) == [("ends-early", "done")]
    assert errors(*steps, race, end(stops=True)) == []


def test_a_branch_beside_that_a_timer_begins_may_end_on_its_own() -> None:
    timer = {"id": "late", "after": "1 day", "then": "go", "to": "tell", "interrupts": False}

    assert errors(
        task("first", "done", timers=[timer]),
        {"kind": "notify", "id": "tell", "whom": ["manager"], "subject": "Late", "next": "told"}, end(), end("told"),
    ) == []  # fmt: skip


def test_a_circle_nobody_can_leave_is_shown() -> None:
    assert errors(task("first", "again"), task("again", "first"), task("never", "done"), end())[0] == (
        "never-ends", "first",
    )  # fmt: skip


def test_a_circle_in_which_nothing_rests_is_shown() -> None:
    decision = {"kind": "decision", "id": "first", "next": [
        {"to": "tell", "when": "urgent:yes"}, {"to": "done", "otherwise": True},
    ]}  # fmt: skip
    tell = {"kind": "notify", "id": "tell", "whom": ["manager"], "subject": "Hm", "next": "first"}

    found = proof(decision, tell, end())

    assert [finding.code for finding in found.findings if finding.severity == "error"] == ["circle"]


def test_tokens_that_pile_up_are_shown() -> None:
    assert "piles-up" in [code for code, _ in errors(fork("a", "b"), task("a", "first"), task("b", "done"), end())]


def test_conditions_that_exclude_each_other_are_asked_together() -> None:
    after_high = {"kind": "decision", "id": "low_too", "next": [
        {"to": "never", "when": "risk:low"}, {"to": "done", "otherwise": True},
    ]}  # fmt: skip
    first = {"kind": "decision", "id": "first", "next": [
        {"to": "low_too", "when": "risk:high"}, {"to": "done", "otherwise": True},
    ]}  # fmt: skip

    assert errors(first, after_high, task("never", "done"), end()) == [("unreachable", "never")]


@pytest.mark.parametrize(("when", "holds"), [
    ("cost:>1000 cost:<500", False), ("cost:>1000 cost:<1500", True), ("urgent:yes urgent:no", False),
    ("risk:low -risk:low", False), ("reason:vpn", True), ("risk:low or cost:3", True),
])  # fmt: skip
def test_a_condition_that_can_never_hold_is_an_error(when: str, holds: bool) -> None:
    decision = {
        "kind": "decision",
        "id": "first",
        "next": [{"to": "a", "when": when}, {"to": "done", "otherwise": True}],
    }

    assert (errors(decision, task("a", "done"), end()) == []) is holds


def test_what_is_asked_twice_without_a_change_gives_the_same_answer() -> None:
    def asks(name: str, yes: str, no: str) -> dict[str, Any]:
        return {
            "kind": "decision",
            "id": name,
            "next": [{"to": yes, "when": "reason:vpn"}, {"to": no, "otherwise": True}],
        }

    same = [asks("first", "again", "done"), asks("again", "done", "never"), task("never", "done"), end()]
    changed = [asks("first", "ask", "done"), task("ask", "again", fields=["reason"]), *same[1:]]

    assert ("unreachable", "never") in errors(*same)
    assert errors(*changed) == []


def test_what_is_too_large_is_said_to_be() -> None:
    names = [f"t{number}" for number in range(14)]
    stop = {"kind": "task", "id": "stopper", "next": "halt"}  # so that the order of all others matters
    found = prove(
        flow(fork(*names, "stopper"), *(task(name, "met") for name in names), stop,
             {"kind": "join", "id": "met", "next": "done"}, end(), end("halt", stops=True)),
        LANGUAGE, most=500,
    )  # fmt: skip

    assert not found.is_complete
    assert not found.is_sound
    assert [finding.code for finding in found.findings] == ["too-large"]


def test_branches_that_leave_each_other_in_peace_are_not_tried_in_every_order() -> None:
    names = [f"t{number}" for number in range(14)]

    found = proof(
        fork(*names), *(task(name, "met") for name in names), {"kind": "join", "id": "met", "next": "done"}, end()
    )

    assert found.is_sound
    assert found.states < 40


def test_a_failure_that_is_caught_is_followed_and_a_repetition_may_be_empty() -> None:
    steps: list[dict[str, Any]] = [
        {"kind": "for_each", "id": "first", "over": "reason", "next": "call", "steps": [
            task("inner", "inner_end"), end("inner_end"),
        ]},
        {"kind": "call_out", "id": "call", "url": "https://example.org", "next": "done", "on_error": "by_hand"},
        task("by_hand", "done"), end(),
    ]  # fmt: skip

    assert errors(*steps) == []


@settings(max_examples=MANY, deadline=None)
@drawn(definitions(), some.data())
def test_a_run_never_stands_where_the_proof_saw_nobody(definition: Definition, data: Any) -> None:
    """Random runs of random flows: what the proof calls unreachable is not reached, and what is sound does not jam."""
    found = prove(definition, LANGUAGE, most=3_000)
    if not found.is_complete:
        return
    unreachable = {finding.step for finding in found.findings if finding.code == "unreachable"}
    net = compiled(definition, LANGUAGE)
    state, _ = advance(net, None, given.Start({"n": data.draw(some.integers(0, 9)), "items": [1]}), NOW)
    for _each in range(12):
        assert not unreachable & {kept["n"] for kept in state["at"].values()}
        if state["status"] != "running":
            break
        state, _ = advance(net, state, something(data.draw, net, state), NOW)


@settings(max_examples=MANY, deadline=None)
@drawn(definitions())
def test_leaving_out_orders_loses_nothing(definition: Definition) -> None:
    quick = prove(definition, LANGUAGE, most=600)
    thorough = prove(definition, LANGUAGE, most=600, in_every_order=True)

    if thorough.is_complete or thorough.findings:  # after the first error neither looks at everything
        assert [finding.severity for finding in quick.findings][:1] == [
            finding.severity for finding in thorough.findings
        ][:1]
    if thorough.is_complete:
        assert {finding.code for finding in quick.findings} == {finding.code for finding in thorough.findings}
        assert {finding.step for finding in quick.findings if finding.code == "unreachable"} == {
            finding.step for finding in thorough.findings if finding.code == "unreachable"
        }
        assert quick.states <= thorough.states
