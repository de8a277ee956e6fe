"""How many tickets of a list there are by department, kind, category and people affected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When
from django.utils.translation import gettext as _

from firstline.people.organisations.models import Department
from firstline.work.tickets.models import Category, Kind, Ticket

Rows = list[tuple[str, int, str]]  # what it is called, how many, and the condition that narrows to it
MOST = 12
# How many people are affected: from, the condition, and what it is called.
AFFECTED = ((1, "affected:0..1"), (2, "affected:2..10"), (11, "affected:11..100"), (101, "affected:>100"))


def counted(tickets: QuerySet[Ticket]) -> list[tuple[str, Rows]]:
    """One grouping each, the most frequent first; groups without anything in them are left out."""
    groups = [
        (_("Department"), _by(tickets, "department_id", "department", _names(Department))),
        (_("People affected"), _by_affected(tickets)),
        (_("Kind"), _by(tickets, "kind", "kind", lambda keys: {key: str(Kind(key).label) for key in keys})),
        (_("Category"), _by(tickets, "category_id", "category", _names(Category))),
    ]
    return [(label, rows) for label, rows in groups if rows]


def _by(tickets: QuerySet[Ticket], column: str, field: str, names: Callable[[list[Any]], dict[Any, str]]) -> Rows:
    counts = list(
        tickets.order_by().values_list(column).annotate(count=Count("pk", distinct=True)).order_by("-count")[: MOST + 1]
    )
    known = names([key for key, _count in counts if key is not None])
    return [
        (known.get(key, _("none")), count, f"{field}:none" if key is None else f"{field}:{key}")
        for key, count in counts[:MOST]
    ]


def _by_affected(tickets: QuerySet[Ticket]) -> Rows:
    group = Case(
        When(people_affected__isnull=True, then=Value(0)),
        When(people_affected__lte=1, then=Value(1)),
        When(people_affected__lte=10, then=Value(2)),
        When(people_affected__lte=100, then=Value(11)),
        default=Value(101),
    )
    counts = dict(
        tickets.order_by().annotate(group=group).values_list("group").annotate(count=Count("pk", distinct=True))
    )
    words = {1: _("One person"), 2: _("2 to 10"), 11: _("11 to 100"), 101: _("More than 100")}
    rows = [(words[start], counts[start], term) for start, term in AFFECTED if counts.get(start)]
    return [*rows, (_("not said"), counts[0], "affected:none")] if counts.get(0) else rows


def _names(model: Any) -> Callable[[list[Any]], dict[Any, str]]:
    return lambda keys: dict(model.objects.filter(pk__in=keys).values_list("pk", "name"))
