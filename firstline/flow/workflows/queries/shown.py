"""A definition as pages show it: picture, numbered list, how much there is to read, what a draft changes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from firstline.flow.workflows.engine.definition import Definition
from firstline.flow.workflows.engine.differences import differences
from firstline.flow.workflows.engine.layout import svg
from firstline.flow.workflows.engine.lint import Complexity, complexity
from firstline.flow.workflows.models import Version
from firstline.flow.workflows.rules import definition_of, net_of

from .workflows import Line, lines_of


@dataclass(frozen=True, slots=True)
class Shape:
    svg: SafeString
    lines: list[Line]
    complexity: Complexity
    hours: int
    description: str


def shape_of(definition: Definition) -> Shape:
    found = complexity(definition)
    return Shape(
        svg=mark_safe(svg(definition, _)),  # noqa: S308 -- the engine escapes every text of the definition
        lines=lines_of(definition), complexity=found, hours=ceil(found.minutes / 60),
        description=definition.description,
    )  # fmt: skip


def changes(before: Version | None, after: Definition) -> list[str]:
    """What the draft changes against the version in use, in sentences."""
    from_there = before_of(before)
    return [each.said(_) for each in differences(from_there, after)] if from_there is not None else []


def before_of(version: Version | None) -> Definition | None:
    return definition_of(net_of(version)) if version is not None and version.document is not None else None
