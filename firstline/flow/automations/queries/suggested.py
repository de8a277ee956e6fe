"""What people do by hand again and again, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firstline.flow.automations.models import Suggestion
from firstline.flow.triage.queries.explaining import condition_in_words
from firstline.people.organisations.models import Organisation
from firstline.work.catalog.models import Offering
from firstline.work.tickets.models import Category

from .deeds import in_words

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Suggested:
    suggestion: Suggestion
    condition: str
    deed: str


def condition_for(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the condition language keeps them: it names things as people do. LookupError for what is gone."""
    return {
        "all": [
            {"field": name, "operator": "is", "values": [_named(name, value)]} for name, value in sorted(facts.items())
        ]
    }


def _named(field: str, value: Any) -> str:
    known: dict[str, tuple[Any, str]] = {
        "category": (Category, "name"), "organisation": (Organisation, "name"), "offering": (Offering, "key"),
    }  # fmt: skip
    if field not in known:
        return str(value)
    model, column = known[field]
    found = model.objects.filter(pk=value).values_list(column, flat=True).first()
    if found is None:
        raise LookupError(field)
    return str(found)


def suggested() -> list[Suggested]:
    """What the last count has found, and nobody has dismissed or made already."""
    rows = Suggestion.objects.filter(is_current=True, dismissed_at__isnull=True, automation__isnull=True)
    found = []
    for row in rows.order_by("-times", "id")[:MOST_SHOWN]:
        try:
            condition = condition_in_words(condition_for(row.facts))
        except LookupError:
            continue  # what it names is gone since
        found.append(Suggested(row, condition, in_words([row.deed])[0]))
    return found
