"""Who is told what of tasks: whoever gets one, whose task can begin or is due, and the ticket's owner."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, Reason, Subject, declare, declare_subject
from firstline.work.tickets.queries import members_of

from .events import TaskAdded, TaskAssigned, TaskDone, TaskDue, TaskMoved, TaskUnblocked
from .models import Assignee, State, Task
from .queries import visible_to

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH
TASKS = _("Tasks")


def read(person: Any, numbers: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Of these tasks those the person may see: who has a task need not see all of its ticket."""
    rows = visible_to(person).filter(pk__in=list(numbers)).select_related("ticket")
    return {
        task.pk: {
            "number": str(task.ticket_id), "subject": task.ticket.subject, "task": task.title, "details": task.text,
        }
        for task in rows
    }  # fmt: skip


def link(person: Any, number: int) -> str:
    return reverse("tasks:task", args=[number])


declare_subject(
    Subject(
        "task",
        read=read,
        link=link,
        placeholders={
            "number": _("the number of the ticket"),
            "subject": _("its subject"),
            "task": _("what is to be done"),
            "details": _("what the task says"),
        },
    )
)

GIVEN = declare(
    Kind(
        "task.given",
        label=_("A task is given to you or your team"),
        title=_("A task for you: {task} (#{number})"),
        text=_("{details}\n\nIt belongs to: {subject}"),
        group=TASKS,
        desk={INBOX, MAIL},
        others={INBOX, MAIL},
        for_others=True,
    )
)
CAN_BEGIN = declare(
    Kind(
        "task.can_begin",
        label=_("A task of yours waited for another one, and can begin"),
        title=_("You can begin: {task} (#{number})"),
        text=_("What it waited for is done.\n\n{details}\n\nIt belongs to: {subject}"),
        group=TASKS,
        desk={INBOX, MAIL},
        others={INBOX, MAIL},
        for_others=True,
    )
)
DUE = declare(
    Kind(
        "task.due",
        label=_("A task of yours is due"),
        title=_("Due now: {task} (#{number})"),
        text=_("It belongs to: {subject}"),
        group=TASKS,
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL},
        for_others=True,
    )
)
DONE = declare(
    Kind(
        "task.done",
        label=_("A task on a ticket of yours is done"),
        title=_("Done: {task} (#{number})"),
        text=_("{actor} has finished it.\n\nIt belongs to: {subject}"),
        group=TASKS,
        desk={INBOX},
    )
)
BLOCKED = declare(
    Kind(
        "task.blocked",
        label=_("A task on a ticket of yours is blocked"),
        title=_("Blocked: {task} (#{number})"),
        text=_("{reason}\n\nIt belongs to: {subject}"),
        group=TASKS,
        desk={INBOX, MAIL},
        facts={"reason": _("what it is blocked by")},
    )
)


@later(TaskAdded)
def tell_who_has_it(event: Event) -> None:
    """One that waits for others is told of when it can begin: until then there is nothing to do."""
    task = _task(event)
    if task is not None and task.is_ready and event.via != "import":
        _tell(GIVEN, task, event, whose(task))


@later(TaskAssigned)
def tell_who_gets_it(event: Event) -> None:
    task = _task(event)
    if task is None or not task.is_ready or event.via == "import":
        return
    new = [pk for pk in event.facts.get("new", []) if Assignee.objects.filter(task=task, person=pk).exists()]
    _tell(GIVEN, task, event, {Reason.OWNER: new} if task.has_people else whose(task))


@later(TaskUnblocked)
def tell_who_can_begin(event: Event) -> None:
    task = _task(event)
    if task is not None and task.is_ready:
        _tell(CAN_BEGIN, task, event, whose(task))


@later(TaskDue)
def tell_that_it_is_due(event: Event) -> None:
    task = _task(event)
    if task is not None and task.is_ready:
        _tell(DUE, task, event, whose(task))


@later(TaskDone)
def tell_the_owner(event: Event) -> None:
    task = _task(event)
    if task is not None and task.state == State.DONE and task.ticket.owner_id is not None and event.via != "import":
        _tell(DONE, task, event, {Reason.OWNER: [task.ticket.owner_id]})


@later(TaskMoved)
def tell_who_can_help(event: Event) -> None:
    """What is blocked concerns the ticket's owner, or its team while nobody owns it."""
    task = _task(event)
    if task is None or task.state != State.BLOCKED or event.facts.get("to") != State.BLOCKED:
        return
    ticket = task.ticket
    to: dict[str, list[int]] = {Reason.OWNER: [ticket.owner_id]} if ticket.owner_id is not None else {}
    _tell(BLOCKED, task, event, to or {Reason.TEAM: members_of(ticket.team_id)}, reason=task.reason)


def whose(task: Task) -> dict[str, list[int]]:
    """The people who have it; otherwise everybody of its team."""
    if task.has_people:
        return {Reason.OWNER: list(Assignee.objects.filter(task=task).values_list("person_id", flat=True))}
    return {Reason.TEAM: members_of(task.team_id)}


def _task(event: Event) -> Task | None:
    return Task.objects.select_related("ticket").filter(pk=event.facts.get("task") or 0).first()


def _tell(kind: Kind, task: Task, event: Event, to: dict[str, list[int]], **facts: str) -> None:
    notify(kind, to, about=task, event=event, facts=facts, by=None)
