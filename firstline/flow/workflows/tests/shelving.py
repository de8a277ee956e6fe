"""A house in which every template can be installed: each word of it stands for a team with people in it."""

from __future__ import annotations

from typing import Any

from firstline.flow.workflows.actions.install import install
from firstline.flow.workflows.engine.shelf import template
from firstline.flow.workflows.models import Version
from firstline.flow.workflows.queries.shelf import asked_by
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from tests.cast import works_in


def put_in_use(key: str, size: str, bea: Any, *members: Any) -> Version:
    """Installed, with a team for each word; everybody given works in all of them."""
    found = template(key)
    assert found is not None
    teams: dict[str, Team] = {}
    for word in asked_by(found, size):
        name = word.partition(":")[2].replace("_", " ").capitalize()
        teams[word] = Team.objects.filter(name=name).first() or open_team(name, by=None)
        for person in members:
            if not teams[word].memberships.filter(person=person).exists():
                works_in(teams[word], person)
    return install(key, size, teams, by=bea)
