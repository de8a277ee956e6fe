from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketConfirmed, TicketNotConfirmed
from firstline.work.tickets.models import Confirmation, StatusType, Ticket
from firstline.work.tickets.queries import first_status
from firstline.work.tickets.rules import is_past_reopening

from ._change import lock, must_be_live
from .status import TOO_LATE, set_status


@action("ticket.confirm", permission="ticket.confirm")
def confirm(ticket: Ticket, is_solved: bool, *, remark: str = "", by: Any) -> Ticket:
    """Say whether it is really solved: yes closes the ticket, no opens it again."""
    return say_whether_solved(ticket, is_solved, remark=remark, person=by)


def say_whether_solved(ticket: Ticket, is_solved: bool, *, remark: str, person: Any) -> Ticket:
    """What confirming comes to, on the page and by the link of a mail, which proves by itself who answers."""
    lock(ticket)
    must_be_live(ticket)
    if ticket.state not in {StatusType.RESOLVED, StatusType.CLOSED}:
        raise Refused(_("It is not marked as solved, so there is nothing to confirm yet."))
    if not is_solved and is_past_reopening(ticket):
        raise Refused(_(TOO_LATE))
    Confirmation(ticket=ticket, person=person, is_solved=is_solved, remark=remark.strip(), at=clock.now()).save()
    record(ticket, TicketConfirmed if is_solved else TicketNotConfirmed, by=person)
    to = StatusType.CLOSED if is_solved else StatusType.OPEN
    if ticket.state != to:
        set_status(ticket, first_status(ticket.kind, to), by=person)
    return ticket
