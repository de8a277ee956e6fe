"""All automations in use, compiled once and kept until one changes: one small query tells whether one has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firstline.core.actions import Mark
from firstline.flow.automations.fields import TIME
from firstline.flow.automations.models import Automation, Book
from firstline.flow.triage.queries.book import Ready, made_ready
from firstline.work.tickets.models import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled(Ready):
    """One automation, ready to be asked."""

    pk: int
    version: int
    name: str
    whens: frozenset[str]
    teams: frozenset[int]
    deeds: tuple[Mapping[str, Any], ...]
    minutes: int
    time: Mapping[str, Any]
    since: datetime | None  # when this version went live

    def holds(self, ticket: Ticket) -> bool:
        """Whether it is for the team of the ticket, and its condition is fulfilled."""
        if self.teams and ticket.team_id not in self.teams:
            return False
        asked = self.asked()
        return asked is not None and asked.matches(ticket)


@dataclass(frozen=True, slots=True)
class Contents:
    automations: tuple[Compiled, ...] = ()
    whens: frozenset[str] = field(default_factory=frozenset)

    @property
    def by_time(self) -> tuple[Compiled, ...]:
        return tuple(each for each in self.automations if TIME in each.whens)


_token = Mark(lambda: Book.objects.filter(pk=1).values("token"))
_kept: list[tuple[str, Contents]] = []


def contents() -> Contents:
    """The book as it stands, from memory if nobody has turned a page."""
    token = _token()
    if not token:
        return Contents()
    if _kept and _kept[0][0] == token:
        return _kept[0][1]
    found = tuple(compiled(each) for each in in_use())
    read = Contents(found, frozenset().union(*(each.whens for each in found)))
    _kept[:] = [(token, read)]
    return read


def in_use() -> Any:
    """The automations that are on and have something published, in their order."""
    return Automation.objects.filter(is_active=True, live__isnull=False).select_related("live")


def compiled(automation: Automation) -> Compiled:
    """An automation made ready; one that no longer makes sense says so instead of stopping the others."""
    version = automation.live
    if version is None:
        raise ValueError(f"{automation} has nothing published.")
    ready = made_ready(version.condition)
    return Compiled(
        condition=ready.condition, prepared=ready.prepared, trouble=ready.trouble, pk=automation.pk,
        version=version.pk, name=automation.name, whens=frozenset(version.whens), teams=frozenset(automation.teams),
        deeds=tuple(version.deeds), minutes=version.minutes, time=version.time, since=version.published_at,
    )  # fmt: skip
