"""Reads of teams and absences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from firstline.core.actions import may
from firstline.people.teams.models import Absence, Team

LONGEST_LINE = 10  # deputies of deputies; longer is a circle


def visible_to(viewer: Any) -> QuerySet[Team]:
    """Teams by name: for the desk all, for others those they work in. What a private team does is another matter."""
    if may(viewer, "team.view"):
        return Team.objects.all()
    return Team.objects.filter(memberships__person=viewer) if viewer.pk else Team.objects.none()


def absences_of(person: Any, *, since: date) -> QuerySet[Absence]:
    return Absence.objects.filter(person=person, last_day__gte=since).select_related("deputy").order_by("first_day")


def is_absent(person: Any, day: date) -> bool:
    """Whether somebody is away on that day."""
    return Absence.objects.filter(person=person, first_day__lte=day, last_day__gte=day).exists()


def absent_among(people: Iterable[int], day: date) -> frozenset[int]:
    """Which of these people (ids) are away on that day: one query for a whole list."""
    rows = Absence.objects.filter(person__in=list(people), first_day__lte=day, last_day__gte=day)
    return frozenset(rows.values_list("person_id", flat=True))


def deputy_of(person: Any, day: date) -> Any:
    """Who stands in on that day: the deputy, or the deputy's deputy if that one is away too; None for nobody."""
    asked = {person.pk}
    away = person
    for _step in range(LONGEST_LINE):
        absence = (
            Absence.objects.filter(person=away, first_day__lte=day, last_day__gte=day, deputy__isnull=False)
            .select_related("deputy")
            .order_by("-pk")
            .first()
        )
        if absence is None or absence.deputy is None or absence.deputy.pk in asked or not absence.deputy.is_active:
            return None
        if not is_absent(absence.deputy, day):
            return absence.deputy
        asked.add(absence.deputy.pk)
        away = absence.deputy
    return None
