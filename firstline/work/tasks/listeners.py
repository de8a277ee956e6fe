"""A ticket is not solved while tasks it waits for are open; what was withdrawn needs no tasks any more."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import live
from firstline.core.actions import Refused
from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.work.tickets.events import TicketStatusChanged
from firstline.work.tickets.models import StatusType, Ticket

from .actions.progress import settle
from .models import State, Task
from .queries import blocking

MOST_NAMED = 5


@on(TicketStatusChanged)
def keep_it_open_until_its_tasks_are_done(event: Event, ticket: Any) -> None:
    """Refuse with the names of the tasks. Whoever asked may take it back at any time."""
    if ticket.is_unsolved or event.via == "import":
        return
    if ticket.state == StatusType.CLOSED and event.actor_id in {ticket.requester_id, None}:
        for task in Task.objects.filter(ticket=ticket, is_open=True, caller=""):
            task.ticket = ticket
            settle(task, State.NOT_NEEDED, _("The request was taken back or closed by itself."), by=None)
        return
    waits_for = _blocking(event, ticket)
    if not waits_for:
        return
    names = ", ".join(f"“{task.title}”" for task in waits_for[:MOST_NAMED])
    raise Refused(
        _("It cannot be solved while these tasks are open: %(tasks)s.") % {"tasks": names},
        links=[(task.title, task.get_absolute_url()) for task in waits_for[:MOST_NAMED]],
    )


def _blocking(event: Event, ticket: Ticket) -> list[Task]:
    """A workflow's own steps may solve its ticket, and closing it calls the run off with its tasks."""
    found = blocking(ticket)
    if event.via == "rule" or ticket.state == StatusType.CLOSED:
        found = found.filter(caller="")
    return list(found.order_by("position", "id")[: MOST_NAMED + 1])


live.harmless("checklist")
