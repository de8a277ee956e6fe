"""What would a rule have done with last month's tickets? Asked of the database; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from firstline.core import clock
from firstline.core.conditions import Context, from_json, to_q
from firstline.flow.triage.models import Rule
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to

from .considering import PLAIN
from .explaining import label_of, shown

DAYS = 30
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """A ticket that is otherwise now than the rule would have it."""

    ticket: Ticket
    changes: list[tuple[str, str, str]]  # field, as it is, as the rule would have it


@dataclass(frozen=True, slots=True)
class Trial:
    total: int
    matched: int
    differing: int  # of the matched ones looked at
    looked_at: int
    differences: list[Difference]


def try_rule(rule: Rule, viewer: Any, *, most: int = 1000) -> Trial:
    """Count the tickets of the last month that fulfil the condition, and list what is otherwise on them today."""
    lately = visible_to(viewer).filter(created_at__gte=clock.now() - timedelta(days=DAYS), merged_into__isnull=True)
    matching = lately.filter(to_q(from_json(rule.condition), catalogue, Context(trusted=True)))
    looked_at = list(matching.order_by("-id").prefetch_related("tags")[:most])
    words: dict[tuple[str, Any], str] = {}

    def told(name: str, value: Any) -> str:
        key = (name, repr(value))
        if key not in words:
            words[key] = shown(name, value)
        return words[key]

    differences: list[Difference] = []
    differing = 0
    for ticket in looked_at:
        changes = _changes(rule, ticket)
        differing += bool(changes)
        if changes and len(differences) < SHOWN:
            differences.append(
                Difference(
                    ticket, [(label_of(name), told(name, is_), told(name, would)) for name, is_, would in changes]
                )
            )
    return Trial(lately.count(), matching.count(), differing, len(looked_at), differences)


def _changes(rule: Rule, ticket: Ticket) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = []
    for name, value in rule.sets.items():
        if name == "tags":
            lacking = [tag for tag in value if tag not in {one.name for one in ticket.tags.all()}]
            if lacking:
                found.append((name, None, lacking))
        elif name == "custom":
            found += [
                (f"custom.{key}", ticket.custom.get(key), wanted)
                for key, wanted in value.items()
                if ticket.custom.get(key) != wanted
            ]
        elif name in PLAIN and (now := getattr(ticket, PLAIN[name])) != value:
            found.append((name, now, value))
    return found
