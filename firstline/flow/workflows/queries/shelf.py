"""What is on the shelf, and what of it is installed here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from firstline.flow.workflows.engine.definition import Definition, must_read
from firstline.flow.workflows.engine.shelf import SHELF, Template, stand_ins
from firstline.flow.workflows.models import Workflow
from firstline.flow.workflows.rules import LANGUAGE
from firstline.people.access.models import Role
from firstline.people.teams.models import Team

FLOWS = Path(__file__).parent.parent / "flows"


@lru_cache(maxsize=50)
def text_of(template: Template, size: str) -> str:
    return (FLOWS / template.files[size]).read_text(encoding="utf-8")


@lru_cache(maxsize=50)
def definition_of_template(template: Template, size: str) -> Definition:
    return must_read(text_of(template, size), LANGUAGE)


def asked_by(template: Template, size: str) -> list[str]:
    """The words somebody has to name a team for."""
    return stand_ins(definition_of_template(template, size), [*Role.values])


def team_for(word: str, teams: list[Team]) -> Team | None:
    """The team that is called like it already."""
    name = word.partition(":")[2].replace("_", " ")
    return next((team for team in teams if team.name.lower() == name), None)


def installed() -> dict[str, Workflow]:
    """By key: the workflows of the shelf that are here, in one query."""
    found = Workflow.objects.filter(key__in=[each.key for each in SHELF])
    return {each.key: each for each in found}
