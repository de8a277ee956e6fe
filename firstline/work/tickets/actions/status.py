from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from firstline.core import clock
from firstline.core.actions import Refused, action, may
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketReopened, TicketStatusChanged
from firstline.work.tickets.models import UNSOLVED, Status, StatusType, Ticket, Turn
from firstline.work.tickets.queries import first_status, open_children
from firstline.work.tickets.rules import is_past_reopening

from ._change import change, lock, must_be_live, status_fields

TOO_LATE = gettext_noop("It was closed too long ago to be reopened. Open a follow-up, which is linked to it.")


@action("ticket.status", permission="ticket.status")
def change_status(ticket: Ticket, to: Status, *, by: Any) -> Ticket:
    """Put the ticket into another status."""
    lock(ticket)
    must_be_live(ticket)
    return set_status(ticket, to, by=by)


@action("ticket.resolve", permission="ticket.close")
def resolve(ticket: Ticket, *, by: Any) -> Ticket:
    """Say that the ticket is solved; its requester is asked to confirm."""
    lock(ticket)
    must_be_live(ticket)
    if ticket.state == StatusType.RESOLVED:
        return ticket
    return set_status(ticket, first_status(ticket.kind, StatusType.RESOLVED), by=by)


@action("ticket.close", permission="ticket.close")
def close(ticket: Ticket, *, by: Any) -> Ticket:
    """Close the ticket for good."""
    lock(ticket)
    must_be_live(ticket)
    return set_status(ticket, first_status(ticket.kind, StatusType.CLOSED), by=by)


@action("ticket.reopen", permission="ticket.reopen")
def reopen(ticket: Ticket, *, by: Any) -> Ticket:
    """Work on a solved ticket again; history, owner and clocks go on."""
    lock(ticket)
    must_be_live(ticket)
    if ticket.is_unsolved:
        return ticket
    if by is not None and is_past_reopening(ticket) and not may(by, "ticket.status", ticket):
        raise Refused(_(TOO_LATE))
    return set_status(ticket, first_status(ticket.kind, StatusType.OPEN), by=by)


@action("ticket.withdraw", permission="ticket.withdraw")
def withdraw(ticket: Ticket, *, by: Any) -> Ticket:
    """Take a request back: it is not needed any more."""
    lock(ticket)
    must_be_live(ticket)
    return set_status(ticket, first_status(ticket.kind, StatusType.CLOSED), by=by)


def set_status(ticket: Ticket, to: Status, *, by: Any) -> Ticket:
    """What all the verbs above come to. The ticket is locked already."""
    if to.kind != ticket.kind:
        raise Refused(_("“%(status)s” is a status of another kind of ticket.") % {"status": _(to.name)})
    if ticket.status_id == to.pk:
        return ticket
    if to.type in {StatusType.RESOLVED, StatusType.CLOSED} and ticket.is_unsolved:
        waiting_for = list(open_children(ticket).values_list("pk", flat=True)[:5])
        if waiting_for:
            numbers = ", ".join(f"#{number}" for number in waiting_for)
            raise Refused(_("It cannot be solved while these children are open: %(numbers)s.") % {"numbers": numbers})
    before, was_unsolved = ticket.status_id, ticket.is_unsolved
    fields = status_fields(to) | {"turn": _turn(ticket, to)}
    if to.type == StatusType.RESOLVED and was_unsolved:
        fields["resolved_at"] = clock.now()
    if to.type == StatusType.CLOSED:
        fields["closed_at"] = clock.now()
        fields["resolved_at"] = ticket.resolved_at or clock.now()
    is_reopened = not was_unsolved and to.type in UNSOLVED
    if is_reopened:
        fields |= {"resolved_at": None, "closed_at": None, "reopen_count": ticket.reopen_count + 1}
    change(ticket, **fields)
    record(ticket, TicketStatusChanged, by=by, **{"from": before, "to": to.pk, "type": to.type})
    if is_reopened:
        record(ticket, TicketReopened, by=by, count=ticket.reopen_count)
    return ticket


def _turn(ticket: Ticket, to: Status) -> str:
    if to.type == StatusType.WAITING:
        return Turn.OTHER if "other" in to.key or "vendor" in to.key else Turn.REQUESTER
    return Turn.REQUESTER if to.type == StatusType.RESOLVED else Turn.DESK
