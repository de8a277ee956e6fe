from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.work.conversations.events import TicketSplit, TicketSplitUndone
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions._change import change, lock, must_be_live
from firstline.work.tickets.actions.link import link
from firstline.work.tickets.actions.merge import merge
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Link, Ticket


@action("ticket.split", permission="ticket.split")
def split(ticket: Ticket, messages: list[int], subject: str, *, by: Any) -> Ticket:
    """Move messages out into a ticket of their own, for the same requester."""
    lock(ticket)
    must_be_live(ticket)
    moved = list(Message.objects.filter(ticket=ticket, pk__in=messages).order_by("id"))
    if not moved:
        raise Refused(_("Choose at least one message of this ticket."))
    if not Message.objects.filter(ticket=ticket).exclude(pk__in=[message.pk for message in moved]).exists():
        raise Refused(_("At least one message stays. To rename the whole ticket, change its subject."))
    new = open_ticket(ticket.requester, subject, kind=ticket.kind, category=ticket.category, team=ticket.team, by=by)
    Message.objects.filter(pk__in=[message.pk for message in moved]).update(ticket=new)
    change(ticket)
    record(ticket, TicketSplit, by=by, into=new.pk, messages=[message.pk for message in moved])
    link(ticket, new, Link.Type.RELATES, by=by)
    return new


@action("ticket.unsplit", permission="ticket.split")
def unsplit(ticket: Ticket, *, by: Any) -> Ticket:
    """Undo a split: the messages go back, and the split-off ticket goes on in the first one."""
    link_in = ticket.links_in.filter(type=Link.Type.RELATES).select_related("source").order_by("id").first()
    event = (
        Event.objects.filter(
            subject_noun="ticket", subject_id=link_in.source_id, kind=TicketSplit.key, facts__into=ticket.pk
        ).first()
        if link_in
        else None
    )
    if event is None or link_in is None:
        raise Refused(_("#%(number)s was not split off another ticket.") % {"number": ticket.pk})
    first = link_in.source
    moved = list(Message.objects.filter(pk__in=event.facts["messages"], ticket=ticket).values_list("pk", flat=True))
    merge(ticket, first, by=by)
    Message.objects.filter(pk__in=moved).update(ticket=first)
    record(first, TicketSplitUndone, by=by, messages=moved, **{"from": ticket.pk})
    return first
