"""Documents: what they may say, and how they are told that they may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from firstline.flow.workflows.engine.definition import document, must_read, read, understand, write
from firstline.flow.workflows.engine.definition.schema import PUBLISHED, as_text

LAPTOP = Path(__file__).with_name("laptop.yaml").read_text()


def test_a_definition_is_written_and_read_back_equal() -> None:
    laptop = must_read(LAPTOP)

    assert must_read(write(laptop)) == laptop
    assert understand(document(laptop)) == (laptop, [])


def test_the_published_schema_is_the_one_the_classes_make() -> None:
    assert PUBLISHED.read_text() == as_text(), "run: firstline workflow schema > its file"


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ("to: told_no, outcome: refused", "to: nowhere, outcome: refused", "The step “nowhere” is missing."),
        ("outcome: refused}\n  - {kind: parallel", "outcome: maybe}\n  - {kind: parallel", "It has no outcome “maybe”"),
        ("- {to: both, otherwise: true}", "- {to: both, when: 'cost:<5'}", "Nothing says how it goes on otherwise"),
        ("due: 2 working days", "due: soon", "“soon” is no length of time"),
        ("for {requester}", "for {boss}", "Nobody fills in “{boss}”"),
        ("over: devices", "over: toys", "There is no field “toys”."),
        ("id: order,", "id: account,", "2 steps have this id."),
        ("kind: connect", "kind: conect", "“conect” is not known here"),
        ("next: given", "next: done", "no edge may cross its border"),
        ("  - {kind: start", "  - {kind: start, colour: red", "“colour” is not known here."),
        ("then: go, to: told_no", "then: go", "“to” does not say where."),
        ("next: both", "next: asked", ""),
        ("workflow: laptop", "workflow: &a laptop\nnote: *a", "references (*name) are not allowed"),
        ("name: A new laptop", "name: A\nname: B", "“name” stands twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_step_and_sentence(was: str, becomes: str, sentence: str) -> None:
    assert was in LAPTOP or not sentence

    _definition, problems = read(LAPTOP.replace(was, becomes))

    assert any(sentence in str(problem) for problem in problems) or not sentence


def test_a_problem_knows_its_line() -> None:
    _definition, (problem,) = read(LAPTOP.replace("due: 2 working days", "due: soon"))

    assert LAPTOP.splitlines()[problem.line - 1].strip() == "id: manager" if problem.line else False


_PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8)
    | some.sampled_from(["task", "start", "end", "a", "b", "kind", "id", "next", "steps", "to", "2 days"]),
    lambda inner: some.lists(inner, max_size=4)
    | some.dictionaries(
        some.sampled_from(["kind", "id", "next", "steps", "to", "when", "timers", "workflow", "name", "x"]), inner
    ),
    max_leaves=25,
)  # fmt: skip


@given(_PLAIN)
def test_no_document_whatever_raises(anything: object) -> None:
    _definition, problems = understand(anything)

    assert problems or anything


@given(some.text(max_size=200) | some.lists(some.sampled_from(LAPTOP.splitlines())).map("\n".join))
def test_no_text_whatever_raises(text: str) -> None:
    definition, problems = read(text)

    assert problems or definition
