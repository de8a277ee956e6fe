"""Two versions side by side, in words."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from firstline.flow.workflows.engine.definition import document, understand
from firstline.flow.workflows.engine.differences import differences, listing
from firstline.flow.workflows.fields import HouseLanguage

from .planting import step_of
from .test_planted_defects import FLOWS, definition_of

CHANGE = next(path for path in FLOWS if path.stem == "change-control")


def said(edit: Callable[[dict[str, Any]], object]) -> list[str]:
    before = definition_of(CHANGE)
    changed = copy.deepcopy(document(before))
    edit(changed)
    after, problems = understand(changed, HouseLanguage())
    assert after is not None
    assert problems == []
    return [str(sentence) for sentence in differences(before, after)]


def test_nothing_changed_is_no_difference_and_a_position_is_none() -> None:
    assert said(lambda doc: None) == []
    assert said(lambda doc: step_of(doc["steps"], "cab").update(position={"x": 1, "y": 2})) == []


def test_a_new_approval_is_said_with_its_place() -> None:
    def add(doc: dict[str, Any]) -> None:
        step_of(doc["steps"], "impact")["next"][0]["to"] = "boss"
        doc["steps"].append({
            "kind": "approval", "id": "boss", "name": "The boss", "stages": [{"who": ["manager"]}],
            "next": [{"to": "short_way", "outcome": "approved"}, {"to": "told_no", "outcome": "refused"}],
        })  # fmt: skip

    assert said(add) == [
        "After “Impact analysis” (always) it now goes to “The boss” instead of “Assess it as it is now”.",
        "Added the approval “The boss” after “Impact analysis”.",
    ]


@pytest.mark.parametrize(("step", "change", "sentence"), [
    ("plan_it", {"due": "2 days"}, "The due time of “Plan with back-out” is now 2 days instead of 3 working days."),
    ("cab", {"name": "Board"}, "The name of “CAB” is now “Board” instead of “CAB”."),
    ("announce", {"text": ""},
     "“Announce it” has no text any more; it was “From {window} to {window_end}. Affected: {affected}.”."),
    ("cab", {"timers": []}, "Removed the timer after 3 working days at “CAB”."),
    ("backed_out", {"who": ["team:change"]},
     "The people asked of “What went wrong” is now team:change instead of field:implementer."),
])  # fmt: skip
def test_a_change_within_a_step_is_one_sentence(step: str, change: dict[str, Any], sentence: str) -> None:
    assert said(lambda doc: step_of(doc["steps"], step).update(change)) == [sentence]


def test_removed_steps_and_turned_ways_are_said() -> None:
    def turn(doc: dict[str, Any]) -> None:
        doc["steps"] = [step for step in doc["steps"] if step["id"] != "by_hand"]
        step_of(doc["steps"], "document").pop("on_error")
        step_of(doc["steps"], "short_way")["next"][0]["when"] = "kind:standard"

    assert said(turn) == [
        "Removed the task “Document it by hand”.",
        (
            "The way from “May it take the short way?” to “Plan with back-out” is now taken kind:standard "
            "instead of kind:standard risk:low score:<30."
        ),
        "When “Closing document” fails, it now goes on with: —.",
    ]


def test_a_definition_can_be_read_as_a_list() -> None:
    found = {step.id: [str(sentence) for sentence in about] for _depth, step, about in listing(definition_of(CHANGE))}

    assert found["peer"] == [
        "For: team:change.", "Due in 3 working days.", "approved: then “Is the CAB needed?”.",
        "refused: then “Improve or give up”.", "After 2 working days: a reminder.",
    ]  # fmt: skip
