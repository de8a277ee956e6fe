"""Who may ask for what. An audience is a condition over the person, asked before anything is shown."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from firstline.core.actions import may
from firstline.core.conditions import ConditionError, from_json, matches
from firstline.core.fields import Context

from .fields import people
from .models import Offering


def is_meant_for(audience: Any, person: Any) -> bool:
    """Whether the audience holds of the person. One that means nothing any more lets nobody in."""
    if not audience:
        return True
    try:
        return matches(from_json(audience), people, person, Context(viewer=person, trusted=True))
    except ConditionError:
        return False


def offered_to(person: Any) -> QuerySet[Offering]:
    """The published offerings this person may ask for: the only way to one in the portal."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return Offering.objects.none()
    shown = Offering.objects.filter(state=Offering.State.PUBLISHED)
    # Few offerings are for some only: their conditions are asked in Python, all with the same reading of the person.
    some = shown.exclude(audience={}).values_list("pk", "audience")
    fitting = [pk for pk, audience in some if is_meant_for(audience, person)]
    return shown.filter(Q(audience={}) | Q(pk__in=fitting))


def offered_list(person: Any) -> list[Offering]:
    """The same offerings in the order of the catalog, with what a list shows of them: one query."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return []
    shown = Offering.objects.filter(state=Offering.State.PUBLISHED).select_related("category", "team")
    return [each for each in shown.order_by("position", "id") if is_meant_for(each.audience, person)]


def shaped_by(person: Any) -> QuerySet[Offering]:
    """The offerings this person may shape: their own, or all with the right for it."""
    if may(person, "catalog.edit"):
        return Offering.objects.all()
    return Offering.objects.filter(owner=person) if person.pk else Offering.objects.none()
