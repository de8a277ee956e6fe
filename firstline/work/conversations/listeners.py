"""Keep the search index true, in the transaction of the change."""

from __future__ import annotations

from typing import Any

from firstline.core import search
from firstline.core.actions import at_the_end
from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.work.tickets.events import (
    ParticipantAdded,
    ParticipantRemoved,
    TicketAssigned,
    TicketEdited,
    TicketOpened,
    TicketRouted,
    TicketTagged,
)

from .events import Noted, Replied, TicketSplit, TicketSplitUndone

CHANGES_WORDS = (
    TicketOpened, TicketAssigned, TicketRouted, TicketEdited, TicketTagged, ParticipantAdded, ParticipantRemoved,
    Replied, Noted,
)  # fmt: skip


@on(*CHANGES_WORDS)
def index_the_ticket(event: Event, ticket: Any) -> None:
    """What changes its words changes how it is found: read once, when all is said. Imports index in bulk."""
    number = ticket.pk
    if event.via != "import":
        at_the_end(("search", "ticket", number), lambda: search.refresh("ticket", number))


@on(TicketSplit, TicketSplitUndone)
def index_both_halves(event: Event, ticket: Any) -> None:
    """Messages moved from one ticket to another."""
    search.refresh("ticket", ticket.pk, event.facts.get("into") or event.facts["from"])
