"""The loop that lets clocks ring, and the job that computes all of them anew."""

from __future__ import annotations

from firstline.core.jobs import job, loops
from firstline.work.tickets.models import Ticket

from .actions.keep import rebuild
from .actions.ring import ring

AT_ONCE = 200  # tickets in one transaction


def ring_due() -> int:
    """One turn; answers how many rang, so that the next turn follows at once while there are more."""
    return ring(by=None)


@job()
def rebuild_open() -> int:
    """After agreements or calendars changed: the clocks of every unsolved ticket."""
    return rebuild_in_steps(unsolved_only=True)


def rebuild_in_steps(*, unsolved_only: bool) -> int:
    """From the oldest ticket on, so many at a time. Safe to repeat; returns how many clocks were wrong."""
    tickets = Ticket.objects.order_by("pk").prefetch_related("tags")
    if unsolved_only:
        tickets = tickets.filter(is_unsolved=True)
    wrong, last = 0, 0
    while step := list(tickets.filter(pk__gt=last)[:AT_ONCE]):
        wrong += rebuild(step, by=None)
        last = step[-1].pk
    return wrong


loops.register("sla: ring", ring_due, every=2)
