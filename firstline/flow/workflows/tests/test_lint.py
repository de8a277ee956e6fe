"""Drafts that would run, but not well."""

from __future__ import annotations

from typing import Any

import pytest

from firstline.flow.workflows.engine.definition import Definition
from firstline.flow.workflows.engine.lint import Known, complexity, lint
from firstline.flow.workflows.engine.reckoning import longest, minutes

from .test_planted_defects import FLOWS, definition_of

AT_WORK = {"who": ["manager"]}


def draft(*steps: dict[str, Any], **more: Any) -> Definition:
    return Definition.model_validate({"workflow": "drawn", "name": "Drawn", "steps": steps} | more)


def codes(definition: Definition, known: Known | None = None) -> list[tuple[str, str]]:
    return [(finding.code, finding.step) for finding in lint(definition, known)]


BEGIN = {"kind": "start", "id": "begin", "next": "ask"}
DONE = {"kind": "end", "id": "done"}


def approval(**more: Any) -> dict[str, Any]:
    ways = [{"to": "done", "outcome": "approved"}, {"to": "no", "outcome": "refused"}]
    return {"kind": "approval", "id": "ask", "stages": [AT_WORK], "next": ways} | more


NO = {"kind": "end", "id": "no", "outcome": "refused"}


def test_a_good_draft_has_no_findings() -> None:
    assert codes(draft(BEGIN, approval(), DONE, NO)) == []


def test_nobody_approves_their_own_request() -> None:
    assert codes(draft(BEGIN, approval(stages=[{"who": ["manager", "requester"]}]), DONE, NO)) == [
        ("self-approval", "ask"),
    ]  # fmt: skip


def test_a_group_is_asked_only_when_somebody_is_in_it() -> None:
    flow = draft(BEGIN, approval(stages=[{"who": ["team:cab"], "need": "2"}]), DONE, NO)

    assert codes(flow, Known(people=lambda _who: 0)) == [("empty-group", "ask"), ("quorum", "ask")]
    assert codes(flow, Known(people=lambda _who: 1)) == [("quorum", "ask")]
    assert codes(flow, Known(people=lambda _who: 2)) == []
    assert codes(flow, Known(people=lambda _who: None)) == []


def test_drafts_that_cannot_be_published_are_told_of_too() -> None:
    fork = {"kind": "decision", "id": "ask", "next": [{"to": "done", "when": "a:1"}, {"to": "no", "when": "a:2"}]}

    assert codes(draft(BEGIN, fork, DONE, NO)) == [("missing-else", "ask")]
    assert ("dead-end", "ask") in codes(draft(BEGIN, {"kind": "task", "id": "ask", **AT_WORK}))


@pytest.mark.parametrize(("due", "agreed", "fits"), [
    ("2 working days", "2 working days", True), ("3 working days", "2 working days", False),
    ("17 working hours", "2 working days", False), ("7 days", "5 working days", True),
    ("8 days", "5 working days", False),
])  # fmt: skip
def test_what_takes_longer_than_agreed_is_found(due: str, agreed: str, fits: bool) -> None:
    assert (codes(draft(BEGIN, approval(due=due), DONE, NO, agreed=agreed)) == []) is fits


def test_a_chain_is_as_long_as_its_longest_branch() -> None:
    steps: list[dict[str, Any]] = [
        {"kind": "start", "id": "begin", "next": "both"},
        {"kind": "parallel", "id": "both", "next": [{"to": "a"}, {"to": "b"}]},
        {"kind": "task", "id": "a", "due": "1 working day", "next": "met", **AT_WORK},
        {"kind": "task", "id": "b", "due": "3 working days", "next": "met", **AT_WORK},
        {"kind": "join", "id": "met", "next": "after"},
        {"kind": "task", "id": "after", "due": "1 working day",
         "next": [{"to": "b", "outcome": "again"}, {"to": "done"}],
         "answers": ["again", "done"], **AT_WORK},
        DONE,
    ]  # fmt: skip
    flow = draft(*steps)

    assert longest(flow.steps) == (minutes("4 working days"), ("begin", "both", "b", "met", "after", "done"))
    assert complexity(flow).minutes == minutes("4 working days")


def test_a_notice_in_a_loop_that_waits_for_nobody_is_found() -> None:
    steps: list[dict[str, Any]] = [
        {"kind": "start", "id": "begin", "next": "tell"},
        {"kind": "notify", "id": "tell", "whom": ["manager"], "subject": "Hm", "next": "pause"},
        {"kind": "wait", "id": "pause", "until": "time", "span": "1 day", "next": "enough"},
        {"kind": "decision", "id": "enough", "next": [
            {"to": "done", "when": "a:1"}, {"to": "tell", "otherwise": True},
        ]},
        DONE,
    ]  # fmt: skip

    assert codes(draft(*steps)) == [("notice-loop", "tell")]
    asked = [*steps[:2], {"kind": "wait", "id": "pause", "until": "reply", "next": "enough"}, *steps[3:]]
    assert codes(draft(*asked)) == []


def test_a_finding_says_what_to_do_and_can_be_translated() -> None:
    found = lint(draft(BEGIN, approval(stages=[{"who": ["requester"]}], name="The boss"), DONE, NO))[0]

    assert found.said() == (
        "At “The boss” the requester decides about their own request. "
        "Ask somebody else: the manager, a role, a group."
    )  # fmt: skip
    assert found.said(lambda text: f"({text})").startswith("(At “")


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_workflows_that_ship_can_be_read(path: Any) -> None:
    found = complexity(definition_of(path))

    assert not found.is_too_much
    assert found.minutes > 0
