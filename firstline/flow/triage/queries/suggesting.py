"""Where somebody who knows categories from words may plug in; nobody does by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firstline.work.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category (its id), how sure (0 to 1), and who says so."""

    category: int
    confidence: float
    source: str = ""


_suggest: list[Callable[[Ticket], Suggestion | None]] = []


def plug_in_suggestions(suggest: Callable[[Ticket], Suggestion | None] | None) -> None:
    """The assistant says which category a ticket probably has. It is asked inside the transaction: be fast."""
    _suggest[:] = [suggest] if suggest else []


def suggestion_for(ticket: Ticket) -> Suggestion | None:
    return _suggest[0](ticket) if _suggest else None
