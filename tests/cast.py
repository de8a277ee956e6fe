"""The cast of all tests, made by actions. Ada answers, Lin leads, Rosa asks, Omar stands outside, Bea is admin."""

from __future__ import annotations

from typing import Any

import pytest

from firstline.people.access.actions.grant import grant
from firstline.people.access.models import Role
from firstline.people.access.rules import forget
from firstline.people.accounts.actions.open import open_person
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.members import add_member
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team

PASSWORD = "correct horse battery"


def person(name: str, *roles: str, team: Team | None = None, email: str = "", password: str = "") -> Person:
    """Somebody with roles, everywhere or for one team's tickets. Signs in with PASSWORD if asked for one."""
    made = open_person(email or f"{name.lower()}@example.org", name=name, is_verified=True, by=None)
    if password:
        made.set_password(password)
        made.save(update_fields=["password"])
    for role in roles:
        grant(made, role, team=team if role in {Role.AGENT, Role.LEAD} else None, by=None)
    forget(made)
    return made


@pytest.fixture
def ada(db: Any) -> Person:
    return person("Ada", Role.AGENT)


@pytest.fixture
def lin(db: Any) -> Person:
    return person("Lin", Role.LEAD)


@pytest.fixture
def rosa(db: Any) -> Person:
    return person("Rosa")


@pytest.fixture
def omar(db: Any) -> Person:
    return person("Omar")


@pytest.fixture
def bea(db: Any) -> Person:
    return person("Bea", Role.ADMIN)


@pytest.fixture
def network(db: Any) -> Team:
    return open_team("Network", by=None)


@pytest.fixture
def hr(db: Any) -> Team:
    """A private team; Hana leads it."""
    return open_team("People and culture", is_private=True, lead=person("Hana", Role.AGENT), by=None)


def works_in(team: Team, somebody: Person, *, is_lead: bool = False) -> Person:
    add_member(team, somebody, is_lead=is_lead, by=None)
    return somebody
