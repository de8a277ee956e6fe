"""What would an automation have done with the tickets of the last 30 days? Nothing is written.

What happened is taken from the history; the condition is asked of the tickets as they are today.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from firstline.core import clock
from firstline.core.conditions import Context, from_json, to_q
from firstline.core.events.models import Event
from firstline.flow.automations.fields import TIME, WHENS, wakes
from firstline.flow.automations.models import Automation, Version
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to

from .deeds import WORDS, change_in_words, differences
from .due import due

DAYS = 30
SHOWN = 50
MOST_EVENTS = 20_000
MOST_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Would:
    """A ticket on which it would have been set off."""

    ticket: Ticket
    times: int
    changes: list[tuple[str, str, str]]  # what, as it is, as it would be


@dataclass(frozen=True, slots=True)
class Trial:
    woken: int  # how often its occasion came
    fired: int  # how often its condition held, too
    tickets: int
    told: int  # how many messages and notices it would have sent
    looked_at: int
    listed: list[Would]
    is_cut_short: bool  # there were more events than are looked at

    def figures(self) -> dict[str, int]:
        return {"days": DAYS, "woken": self.woken, "fired": self.fired, "tickets": self.tickets, "told": self.told}


def try_version(automation: Automation, version: Version, viewer: Any) -> Trial:
    """Raises ConditionError if the condition names what is gone."""
    since = clock.now() - timedelta(days=DAYS)
    seen = visible_to(viewer).filter(merged_into__isnull=True)
    if automation.teams:
        seen = seen.filter(team__in=automation.teams)
    woken, is_cut_short = _woken(frozenset(version.whens), since)
    fitting = seen.filter(to_q(from_json(version.condition), catalogue, Context(trusted=True)))
    fired = {pk: woken[pk] for pk in _among(fitting, list(woken))}
    times = sum(woken.values())
    if TIME in version.whens:
        by_time = due(version.time, version.condition, since=since, now=clock.now(), seen=seen)
        for pk in by_time.values_list("pk", flat=True)[:MOST_EVENTS]:
            fired[pk] = fired.get(pk, 0) + 1
            times += 1
    looked_at = sorted(fired, reverse=True)[:MOST_LOOKED_AT]
    rows = Ticket.objects.filter(pk__in=looked_at[:SHOWN]).select_related("status", "requester").order_by("-pk")
    listed = [
        Would(ticket, fired[ticket.pk], [change_in_words(change) for change in differences(ticket, version.deeds)])
        for ticket in rows.prefetch_related("tags", "participants")
    ]
    words = sum(1 for deed in version.deeds if deed["do"] in WORDS)
    every = sum(fired.values())
    return Trial(times, every, len(fired), words * every, len(looked_at), listed, is_cut_short)


def _woken(whens: frozenset[str], since: Any) -> tuple[Counter[int], bool]:
    """How often its occasions came, by ticket: once for all that happened in one change."""
    kinds = {kind for when in WHENS if when.key in whens for kind in when.kinds}
    if not kinds:
        return Counter(), False
    events = Event.objects.filter(kind__in=kinds, at__gte=since, subject_noun="ticket").exclude(via="import")
    rows = list(events.order_by("-id").values_list("subject_id", "correlation", "kind", "facts")[: MOST_EVENTS + 1])
    found = {(ticket, chain) for ticket, chain, kind, facts in rows[:MOST_EVENTS] if wakes(whens, kind, facts)}
    return Counter(ticket for ticket, _chain in found), len(rows) > MOST_EVENTS


def _among(tickets: Any, numbers: list[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(numbers), 900):
        found |= set(tickets.filter(pk__in=numbers[start : start + 900]).values_list("pk", flat=True))
    return found
