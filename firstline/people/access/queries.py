"""Reads of roles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from firstline.core.actions import may
from firstline.people.accounts.models import Person

from .models import Grant, Role


def visible_to(viewer: Any) -> QuerySet[Grant]:
    """Grants: all for admins and auditors, one's own for everybody."""
    grants = Grant.objects.select_related("person", "team")
    if may(viewer, "access.view"):
        return grants
    return grants.filter(person=viewer) if viewer.pk else grants.none()


def admins() -> QuerySet[Person]:
    """Those who can still give roles: active admins, not limited to a team or a kind."""
    return Person.objects.filter(is_active=True, grants__role=Role.ADMIN, grants__team=None, grants__kind="").distinct()


def with_roles(viewer: Any) -> list[tuple[Person, list[Grant]]]:
    """People with at least one granted role, and which."""
    people: dict[Person, list[Grant]] = {}
    for grant in visible_to(viewer).order_by("person__folded", "person", "role", "team"):
        people.setdefault(grant.person, []).append(grant)
    return list(people.items())
