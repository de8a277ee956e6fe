"""What people do by hand again and again, in words."""

from __future__ import annotations

from dataclasses import dataclass

from firstline.core.conditions import ConditionError
from firstline.flow.automations.models import Suggestion
from firstline.flow.triage.queries.explaining import condition_in_words

from .deeds import in_words

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Suggested:
    suggestion: Suggestion
    condition: str
    deed: str


def suggested() -> list[Suggested]:
    """What the last count has found, and nobody has dismissed or made already."""
    rows = Suggestion.objects.filter(is_current=True, dismissed_at__isnull=True, automation__isnull=True)
    found = []
    for row in rows.order_by("-times", "id")[:MOST_SHOWN]:
        try:
            condition = condition_in_words(row.condition)
        except ConditionError:
            continue  # what it names is gone since
        found.append(Suggested(row, condition, in_words([row.deed])[0]))
    return found
