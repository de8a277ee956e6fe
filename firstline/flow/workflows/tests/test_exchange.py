"""Out as BPMN and in again: nothing is lost, and nothing is taken in half."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as some

from firstline.flow.workflows.engine.bpmn.exporting import exported
from firstline.flow.workflows.engine.bpmn.importing import imported
from firstline.flow.workflows.engine.bpmn.markup import parsed
from firstline.flow.workflows.engine.definition import Definition, must_read
from firstline.flow.workflows.fields import HouseLanguage

from .drawing import definitions
from .test_bpmn import ENDS, SOUP, bpmn, flow, timer

LAPTOP = Path(__file__).with_name("laptop.yaml").read_text()


def test_the_example_goes_out_and_comes_in_again() -> None:
    laptop = must_read(LAPTOP, HouseLanguage())

    assert imported(exported(laptop), HouseLanguage()) == (laptop, [])


@settings(max_examples=50, deadline=None)
@drawn(definitions())
def test_any_definition_goes_out_and_comes_in_again(definition: Definition) -> None:
    assert imported(exported(definition), HouseLanguage()) == (definition, [])


def test_a_name_nobody_would_choose_survives() -> None:
    odd = must_read(LAPTOP.replace("name: Order it", "name: '<&\"ü]]>'"), HouseLanguage())

    assert imported(exported(odd), HouseLanguage()) == (odd, [])


def test_a_layout_goes_along() -> None:
    text = """
workflow: small
name: Small
steps:
  - {kind: start, id: a, next: b, position: {x: 0, y: 10}}
  - {kind: task, id: b, next: c, position: {x: 90, y: 0}}
  - {kind: end, id: c, position: {x: 250, y: 10}}
"""
    small = must_read(text)

    assert imported(exported(small)) == (small, [])
    assert sum(element.tag.endswith("}BPMNShape") for element in parsed(exported(small)).walk()) == 3


def test_what_others_drew_is_taken_in() -> None:
    text = bpmn(
        ENDS + '<userTask id="A" name="Look at it"/><userTask id="B"/><exclusiveGateway id="x" default="f4"/>'
        f'<boundaryEvent id="late" attachedToRef="A">{timer("PT2H")}</boundaryEvent><parallelGateway id="g"/>'
        + flow("s>A", "A>x", "late>B", "x>g?n:&gt;3", "x>e", "g>B", "g>e", "B>e")
    )  # fmt: skip

    definition, problems = imported(text)

    assert problems == []
    assert definition is not None
    look = next(step for step in definition.steps if step.id == "a")
    assert (look.name, look.timers[0].to, look.next[0].to) == ("Look at it", "b", "x")


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        ('<serviceTask id="x"/>', "Line 3, step “x”: A serviceTask cannot be taken in"),
        ('<eventBasedGateway id="x"/>', "Line 3, step “x”: “eventBasedGateway” cannot be taken in."),
        ('<subProcess id="x"/>', "draw its steps in the process"),
        (f'<boundaryEvent id="x" attachedToRef="no">{timer("PT1S")}</boundaryEvent>', "sits on nothing"),
        ('<userTask id="x"><standardLoopCharacteristics/></userTask>', "draw the loop"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_by_name_and_line(element: str, sentence: str) -> None:
    definition, problems = imported(bpmn(element + ENDS + flow("s>e")))

    assert definition is None
    assert sentence in str(problems[0])


@settings(max_examples=150, deadline=None)
@drawn(some.lists(SOUP, max_size=14).map("".join))
def test_no_soup_of_elements_raises(soup: str) -> None:
    definition, problems = imported(bpmn(soup))

    assert (definition is None) == bool(problems)
