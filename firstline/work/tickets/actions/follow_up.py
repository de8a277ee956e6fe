from __future__ import annotations

from typing import Any

from firstline.core.actions import action
from firstline.work.tickets.models import Link, Ticket

from .link import link
from .open import open_ticket


@action("ticket.follow_up", permission="ticket.reopen")
def follow_up(ticket: Ticket, *, by: Any) -> Ticket:
    """Open a new ticket that follows an old one, linked to it."""
    return open_follow_up(ticket)


def open_follow_up(ticket: Ticket) -> Ticket:
    """The same requester, team and category, and a history of its own."""
    new = open_ticket(
        ticket.requester,
        ticket.subject,
        kind=ticket.kind,
        category=ticket.category,
        team=ticket.team,
        impact=ticket.impact,
        urgency=ticket.urgency,
        by=None,
    )
    link(new, ticket, Link.Type.RELATES, by=None)
    return new
