from __future__ import annotations

from typing import Any

from firstline.core.actions import action, chosen
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketConverted
from firstline.work.tickets.models import Kind, Ticket
from firstline.work.tickets.queries import first_status

from ._change import change, lock, must_be_live, status_fields


@action("ticket.convert", permission="ticket.convert")
def convert(ticket: Ticket, to: str, *, by: Any) -> Ticket:
    """Make the ticket an incident, request, problem or change; it keeps its number and its history."""
    lock(ticket)
    must_be_live(ticket)
    kind = chosen(Kind, to)
    if ticket.kind == kind:
        return ticket
    before, before_status = ticket.kind, ticket.status_id
    change(ticket, kind=kind, **status_fields(first_status(kind, ticket.state)))
    record(
        ticket, TicketConverted, by=by, **{"from": before, "to": kind.value},
        status_from=before_status, status_to=ticket.status_id,
    )  # fmt: skip
    return ticket
