"""What a change or another run is about, as references: services of the catalog, units of an organisation, and things.

A reference is a text: `service:vpn`, `department:7`, `organisation:3`; anything else is a thing by its name. Whoever
keeps assets one day adds a word of theirs to `KINDS`, and what was named before stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q

from firstline.people.organisations.models import Department, Organisation
from firstline.work.catalog.models import Offering

MOST = 200  # that one list offers, and that one run is about

Choices = list[tuple[str, str]]


def services() -> Choices:
    """Those that are offered, in the order of the catalog."""
    found = Offering.objects.filter(state=Offering.State.PUBLISHED).order_by("position", "id")[:MOST]
    return [(f"service:{each.key}", each.name) for each in found]


def units() -> Choices:
    departments = Department.objects.filter(is_active=True).select_related("organisation").order_by("name", "pk")
    several = Organisation.objects.filter(is_active=True).order_by("name")[:MOST]
    named = [
        (f"department:{each.pk}", f"{each.name} ({each.organisation})" if each.organisation else each.name)
        for each in departments[:MOST]
    ]
    return [*((f"organisation:{each.pk}", each.name) for each in several), *named]


def _services(keys: set[str]) -> Mapping[str, str]:
    return {each.key: each.name for each in Offering.objects.filter(key__in=keys)}


def _numbered(model: Any) -> Callable[[set[str]], Mapping[str, str]]:
    def names(keys: set[str]) -> Mapping[str, str]:
        numbers = [int(key) for key in keys if key.isdecimal() and len(key) < 16]
        return {str(each.pk): each.name for each in model.objects.filter(pk__in=numbers)}

    return names


KINDS: dict[str, Callable[[set[str]], Mapping[str, str]]] = {
    "service": _services, "department": _numbered(Department), "organisation": _numbered(Organisation),
}  # fmt: skip


def parted(reference: str) -> tuple[str, str]:
    """Its kind and key; no kind for a thing by its name."""
    kind, colon, key = reference.partition(":")
    return (kind, key.strip()) if colon and kind in KINDS else ("", reference.strip())


def names_of(references: Iterable[Any]) -> dict[str, str]:
    """By reference, what people call it: one query for each kind. What is no more keeps its key."""
    asked: dict[str, set[str]] = {}
    known = [str(each) for each in references]
    for each in known:
        kind, key = parted(each)
        asked.setdefault(kind, set()).add(key)
    found = {kind: KINDS[kind](keys) for kind, keys in asked.items() if kind}
    said = {}
    for each in known:
        kind, key = parted(each)
        said[each] = found[kind].get(key, key) if kind else key
    return said


def understood(lines: Iterable[str]) -> list[str]:
    """What somebody wrote, as references: a service or a unit by its name or key, else a thing of this name."""
    written = list(dict.fromkeys(line.strip() for line in lines if line.strip()))[:MOST]
    if not written:
        return []
    by_name: dict[str, str] = {}
    for reference, name in [*units(), *services()]:
        by_name[name.casefold()] = reference
        by_name[reference.casefold()] = reference
    for offering in Offering.objects.filter(Q(key__in=written)):
        by_name[offering.key.casefold()] = f"service:{offering.key}"
    return list(dict.fromkeys(by_name.get(each.casefold(), each) for each in written))
