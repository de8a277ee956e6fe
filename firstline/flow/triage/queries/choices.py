"""What forms offer where something is set on a ticket: to be left as it is, or one of these."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from firstline.people.teams.models import Team
from firstline.work.tickets.queries import categories

STAYS = ("", gettext_lazy("— stays —"))


def category_choices() -> list[tuple[Any, Any]]:
    return [(branch.pk, "\u2007\u2007" * branch.depth + branch.name) for branch in categories()]  # type: ignore[attr-defined]


def team_choices() -> list[tuple[Any, Any]]:
    return list(Team.objects.filter(is_active=True).values_list("pk", "name"))
