from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action, may
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketAssigned
from firstline.work.tickets.models import StatusType, Ticket
from firstline.work.tickets.queries import first_status

from ._change import change, lock, must_be_live
from .status import set_status


@action("ticket.assign", permission="ticket.assign")
def assign(ticket: Ticket, to: Any | None, *, by: Any) -> Ticket:
    """Give the ticket to a person, or to nobody."""
    lock(ticket)
    must_be_live(ticket)
    if to is not None and not may(to, "desk.enter"):
        raise Refused(_("%(person)s does not work on the desk, so they cannot own a ticket.") % {"person": to})
    before = ticket.owner_id
    if before == (to.pk if to else None):
        return ticket
    change(ticket, owner=to)
    record(ticket, TicketAssigned, by=by, **{"from": before, "to": to.pk if to else None})
    if to is not None and ticket.state == StatusType.NEW:
        set_status(ticket, first_status(ticket.kind, StatusType.OPEN), by=by)
    return ticket


@action("ticket.take", permission="ticket.take")
def take(ticket: Ticket, *, by: Any) -> Ticket:
    """Take the ticket oneself."""
    return assign(ticket, by, by=by)
