"""What the rules would do with a ticket: worked out on a copy, so that a trial writes nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from firstline.core.text import fold
from firstline.work.tickets.fields import words_read_once
from firstline.work.tickets.models import Tag, Ticket

from .book import Compiled, Contents
from .weighing import weighed

PLAIN = {
    "category": "category_id",
    "kind": "kind",
    "impact": "impact",
    "urgency": "urgency",
    "risk": "risk",
    "team": "team_id",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that a rule sets."""

    field: str
    before: Any
    after: Any
    rule: Compiled


@dataclass
class Outcome:
    """The ticket as it would be, what changes on it, and the rules whose condition held."""

    ticket: Ticket
    changes: dict[str, Change] = field(default_factory=dict)
    matched: list[Compiled] = field(default_factory=list)


def consider(ticket: Ticket, book: Contents, *, rules: Iterable[Compiled] | None = None) -> Outcome:
    """Ask the rules in order; each sees what those before it have set."""
    draft = copy.copy(ticket)
    draft.custom = dict(ticket.custom)
    draft.opening_words = ticket.opening_words
    draft.requester_is_vip = ticket.requester_is_vip
    outcome = Outcome(draft)
    with words_read_once():
        for rule in book.rules if rules is None else rules:
            asked = rule.asked()
            if asked is None or not asked.matches(draft):
                continue
            outcome.matched.append(rule)
            for name, value in rule.sets.items():
                _set(outcome, rule, name, value)
            if _weighs(rule) and draft.priority_reason.get("rule") != "override":
                draft.priority, draft.priority_reason = weighed(draft, book)
            if rule.stops:
                break
    return outcome


def _weighs(rule: Compiled) -> bool:
    return not {"impact", "urgency", "risk", "category"}.isdisjoint(rule.sets)


def _set(outcome: Outcome, rule: Compiled, name: str, value: Any) -> None:
    draft = outcome.ticket
    if name == "tags":
        before = [tag.name for tag in draft.tags.all()]
        _note(outcome, rule, name, before, [*before, *(tag for tag in value if tag not in before)])
        known = {tag.name: tag for tag in Tag.objects.filter(name__in=value)}
        tags = [*draft.tags.all(), *(known.get(tag) or Tag(name=tag) for tag in value if tag not in before)]
        draft._prefetched_objects_cache = {**getattr(draft, "_prefetched_objects_cache", {}), "tags": tags}  # type: ignore[attr-defined]
    elif name == "custom":
        for key, wanted in value.items():
            before = draft.custom.get(key)
            if rule.replaces or before in (None, "", []):
                _note(outcome, rule, f"custom.{key}", before, wanted)
                draft.custom[key] = wanted
                draft.custom_folded = {
                    name: fold(text, collapse=True) for name, text in draft.custom.items() if isinstance(text, str)
                }
    elif name in PLAIN:
        before = getattr(draft, PLAIN[name])
        # Every ticket has a kind from the start, so that filling what is empty would never change one.
        if rule.replaces or before in (None, "") or (name == "kind" and name not in outcome.changes):
            _note(outcome, rule, name, before, value)
            setattr(draft, PLAIN[name], value)


def _note(outcome: Outcome, rule: Compiled, name: str, before: Any, after: Any) -> None:
    first = outcome.changes.get(name)
    before = first.before if first else before
    if before == after:
        outcome.changes.pop(name, None)
    else:
        outcome.changes[name] = Change(name, before, after, rule)
