"""How every verb writes a task: the ticket's row is locked first, then the task is read, changed and counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.events.record import record
from firstline.work.tasks.events import TaskUnblocked
from firstline.work.tasks.models import FAR, OPEN, Assignee, State, Task
from firstline.work.tickets.actions._change import lock
from firstline.work.tickets.models import Ticket

LONGEST_TITLE, LONGEST_TEXT = 200, 20_000
YEARS = range(2000, 2201)  # beyond year 1 or 9999 in another zone is no moment at all


def hold(task: Task) -> Task:
    """Read the task again while nobody else can change anything about its ticket."""
    ticket = lock(task.ticket)
    task.refresh_from_db()
    task.ticket = ticket
    return task


def keep(task: Task, **fields: Any) -> None:
    """Write these fields and what follows from them."""
    was_ready = task.is_ready
    if "state" in fields:
        is_open = fields["state"] in OPEN
        fields |= {"is_open": is_open, "is_ready": is_open and fields["state"] != State.WAITING}
    if "due_at" in fields:
        fields |= {"due_or_never": fields["due_at"] or FAR, "is_told_due": False}
    fields["changed_at"] = clock.now()
    for name, value in fields.items():
        setattr(task, name, value)
    task.save(update_fields=list(fields))
    if task.is_ready != was_ready and task.has_people:
        Assignee.objects.filter(task=task).update(is_ready=task.is_ready)


# One statement that counts and keeps: it runs with every task that is answered.
COUNT = """
    INSERT INTO task_progress (ticket_id, "all", "done", "open", "blocked", "shown", "shown_done")
    SELECT %s, COUNT(*) FILTER (WHERE state <> 'not_needed'), COUNT(*) FILTER (WHERE state = 'done'),
        COUNT(*) FILTER (WHERE is_open), COUNT(*) FILTER (WHERE state = 'blocked'),
        COUNT(*) FILTER (WHERE state <> 'not_needed' AND is_shown_to_requester),
        COUNT(*) FILTER (WHERE state = 'done' AND is_shown_to_requester)
    FROM task WHERE ticket_id = %s
    ON CONFLICT (ticket_id) DO UPDATE SET "all" = excluded."all", "done" = excluded."done", "open" = excluded."open",
        "blocked" = excluded."blocked", "shown" = excluded."shown", "shown_done" = excluded."shown_done"
"""


def count(ticket: Ticket) -> None:
    """How the tasks of this ticket stand now, for searches, rules and pages."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [ticket.pk, ticket.pk])
    ticket.__dict__.pop("_task_progress", None)


def open_the_next(task: Task, *, by: Any) -> None:
    """What waited for this one alone can begin; what has not begun waits again when this one is opened again."""
    if task.is_open:
        for each in task.needed_by.filter(state=State.OPEN):
            each.ticket = task.ticket
            keep(each, state=State.WAITING)
        return
    still_waiting = Task.objects.filter(needs__is_open=True).values("pk")
    for each in task.needed_by.filter(state=State.WAITING).exclude(pk__in=still_waiting):
        each.ticket = task.ticket
        keep(each, state=State.OPEN)
        record(task.ticket, TaskUnblocked, by=by, task=each.pk, title=each.title)


def a_title(title: str) -> str:
    words = " ".join(title.split())[:LONGEST_TITLE]
    if not words:
        raise Refused(_("A task needs a title: a few words that say what is to be done."))
    return words


def a_date(due_at: datetime | None) -> datetime | None:
    if due_at is not None and due_at.tzinfo is None:
        raise Refused(_("A due date needs a time zone."))
    if due_at is not None and due_at.year not in YEARS:
        raise Refused(_("A due date lies between the years 2000 and 2200."))
    return due_at


def must_be_open(task: Task) -> None:
    if not task.is_open:
        raise Refused(_("“%(task)s” has come to its end already. Open it again first.") % {"task": task.title})


def must_be_unsolved(ticket: Ticket) -> None:
    """Tasks of what is solved would wait for ever: nobody looks there any more."""
    if not ticket.is_unsolved:
        raise Refused(_("#%(number)s is solved. Reopen it before there is something to do again.") % {
            "number": ticket.pk
        })  # fmt: skip
