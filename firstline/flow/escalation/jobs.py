"""What takes longer than a change may take."""

from __future__ import annotations

from firstline.core.jobs import job
from firstline.work.tickets.models import Ticket

from .actions.follow import follow

AT_ONCE = 200  # tickets read at a time


@job()
def follow_open() -> int:
    """Where every unsolved ticket stands on its path, worked out anew; each in its own transaction. Safe to repeat."""
    tickets = Ticket.objects.filter(is_unsolved=True).order_by("pk")
    many, last = 0, 0
    while step := list(tickets.filter(pk__gt=last)[:AT_ONCE]):
        for ticket in step:
            follow(ticket, by=None)
        many += len(step)
        last = step[-1].pk
    return many
