from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action, may
from firstline.core.database.prepared import take_back
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketGaveBack, TicketMerged, TicketTookIn, TicketUnmerged
from firstline.work.tickets.models import Participant, StatusType, Ticket
from firstline.work.tickets.queries import first_status

from ._change import change, lock, must_be_live, status_fields


@action("ticket.merge", permission="ticket.merge")
def merge(ticket: Ticket, into: Ticket, *, by: Any) -> Ticket:
    """Let the ticket go on in another one: its messages are read there, its people are told there.

    Nothing is moved, so that separating them again restores both exactly.
    """
    if by is not None and not may(by, "ticket.merge", into):
        raise NotAllowed("ticket.merge is not allowed at the other end.")
    for one in sorted({ticket, into}, key=lambda each: each.pk):  # one order of locks for everybody
        lock(one)
    must_be_live(ticket)
    must_be_live(into)
    if ticket.pk == into.pk:
        raise Refused(_("A ticket cannot be merged into itself."))
    if ticket.merged_tickets.exists():
        raise Refused(
            _("Other tickets go on in #%(number)s. Separate them first, or merge the other way round.")
            % {"number": ticket.pk}
        )
    before = ticket.status_id
    closed = first_status(ticket.kind, StatusType.CLOSED)
    change(ticket, merged_into=into, closed_at=clock.now(), **status_fields(closed))
    added = []
    if ticket.requester_id != into.requester_id:
        _part, is_new = Participant.objects.get_or_create(
            ticket=into, person_id=ticket.requester_id, role=Participant.Role.CC, defaults={"added_by": by}
        )
        take_back(into, "participants")
        added = [ticket.requester_id] if is_new else []
    change(into)
    record(ticket, TicketMerged, by=by, into=into.pk, status_before=before, added=added)
    record(into, TicketTookIn, by=by, ticket=ticket.pk)
    return into


@action("ticket.unmerge", permission="ticket.merge")
def unmerge(ticket: Ticket, *, by: Any) -> Ticket:
    """Undo a merge: the ticket stands on its own again, as it was."""
    lock(ticket)
    into = ticket.merged_into
    if into is None:
        raise Refused(_("#%(number)s is not merged into another ticket.") % {"number": ticket.pk})
    if by is not None and not may(by, "ticket.merge", into):
        raise NotAllowed("ticket.merge is not allowed at the other end.")
    merged = _last_merge(ticket)
    status = ticket.status.__class__.objects.get(pk=merged["status_before"])
    change(ticket, merged_into=None, closed_at=None, **status_fields(status))
    Participant.objects.filter(ticket=into, person__in=merged["added"], role=Participant.Role.CC).delete()
    change(into)
    record(ticket, TicketUnmerged, by=by, **{"from": into.pk})
    record(into, TicketGaveBack, by=by, ticket=ticket.pk)
    return ticket


def _last_merge(ticket: Ticket) -> dict[str, Any]:

    event = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, kind=TicketMerged.key).order_by("-id")[0]
    return dict(event.facts)
