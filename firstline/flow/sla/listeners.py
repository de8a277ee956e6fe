"""Clocks follow what happens to a ticket, in the transaction in which it happens."""

from __future__ import annotations

from typing import Any

from firstline.core.actions import at_the_end
from firstline.core.calendars.events import CalendarChanged
from firstline.core.events import later, on
from firstline.core.events.models import Event
from firstline.work.conversations.events import Replied
from firstline.work.tickets.events import (
    TicketCategorised,
    TicketConverted,
    TicketEdited,
    TicketMerged,
    TicketOpened,
    TicketPrioritised,
    TicketRouted,
    TicketStatusChanged,
    TicketTagged,
    TicketUnmerged,
)

from .actions.keep import keep
from .events import AgreementChanged
from .jobs import rebuild_open

# What moves a clock, and what may put the ticket under another agreement.
MOVES = (
    TicketOpened, TicketStatusChanged, TicketPrioritised, TicketConverted, TicketMerged, TicketUnmerged, Replied,
    TicketEdited, TicketCategorised, TicketRouted, TicketTagged,
)  # fmt: skip


@on(*MOVES)
def follow(event: Event, ticket: Any) -> None:
    """Once for all that happens in one change. Imports compute all clocks at their end."""
    if event.via != "import":
        at_the_end(("sla", ticket.pk), lambda: keep(ticket))


@later(AgreementChanged, CalendarChanged)
def compute_anew(event: Event) -> None:
    """Other promises, other hours: all open tickets, in a job."""
    rebuild_open.enqueue()
