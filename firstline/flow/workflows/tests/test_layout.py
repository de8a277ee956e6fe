"""The picture of a workflow: nothing lies on top of anything, and everything is in it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from firstline.flow.workflows.engine.definition import ForEach, all_steps, document, leaving, understand
from firstline.flow.workflows.engine.layout import picture, svg

from .test_planted_defects import FLOWS, definition_of

NAME = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_steps_do_not_cover_each_other_and_every_way_is_drawn(path: Path) -> None:
    definition = definition_of(path)

    found = picture(definition)

    assert {box.step.id for box in found.boxes} == {step.id for step in all_steps(definition.steps)}
    assert sorted((route.source, route.target) for route in found.routes) == sorted(
        (step.id, edge.to) for step in all_steps(definition.steps) for edge in leaving(step)
    )
    for one, other in combinations([box for box in found.boxes if not isinstance(box.step, ForEach)], 2):
        assert (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        ), (one.step.id, other.step.id)
    assert all(box.x >= 0 and box.x + box.width <= found.width for box in found.boxes)
    assert all(y <= found.height for route in found.routes for _x, y in route.points)
    assert picture(definition) == found


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_drawing_says_what_it_is(path: Path) -> None:
    definition = definition_of(path)

    drawing = ElementTree.fromstring(svg(definition, name="one"))

    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == "one-title one-desc"
    assert definition.name in str(drawing.findtext(f"{NAME}title"))
    assert len(drawing.findall(f"{NAME}g")) == len(list(all_steps(definition.steps)))


def test_names_cannot_break_out_of_the_drawing() -> None:
    changed = document(definition_of(FLOWS[0]))
    changed["name"] = changed["steps"][1]["name"] = changed["steps"][2]["next"][0]["name"] = "</text><script>1</script>"
    bad, _ = understand(changed)
    assert bad is not None

    assert "<script" not in svg(bad)
    ElementTree.fromstring(svg(bad))


def test_a_draft_in_pieces_can_be_drawn_too() -> None:
    changed = document(definition_of(FLOWS[0]))
    changed["steps"] = changed["steps"][5:]
    broken, problems = understand(changed)
    assert broken is not None
    assert problems != []

    assert len(picture(broken).boxes) == len(changed["steps"])
