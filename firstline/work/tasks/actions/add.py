"""Putting tasks on a ticket: one, or all of a checklist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.calendars.engine.days import shift
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.reading import house_time
from firstline.core.events.record import record
from firstline.people.teams.models import Team
from firstline.work.tasks.events import ChecklistPut, TaskAdded, TaskTakenAway
from firstline.work.tasks.models import FAR, Assignee, Checklist, ChecklistItem, State, Task
from firstline.work.tickets.actions._change import lock, must_be_live
from firstline.work.tickets.models import Ticket

from ._change import LONGEST_TEXT, a_date, a_title, count, keep, must_be_unsolved

MOST_ON_A_TICKET = 500
MOST_PEOPLE = 20


@action("task.add", permission="task.edit")
def add_task(
    ticket: Ticket,
    title: str,
    *,
    text: str = "",
    people: Sequence[Any] = (),
    team: Team | None = None,
    due_at: datetime | None = None,
    needs: Iterable[Task] = (),
    blocks_closing: bool = True,
    is_shown_to_requester: bool = False,
    caller: str = "",
    reference: str = "",
    is_answered_there: bool = False,
    by: Any,
) -> Task:
    """Put a task on the ticket: for people, or for a team; by default for the ticket's team."""
    lock(ticket)
    if not caller:  # what a workflow asks for after the solution is the workflow's matter
        must_be_live(ticket)
        must_be_unsolved(ticket)
    task = Task(
        ticket=ticket, title=a_title(title), text=text.strip()[:LONGEST_TEXT], due_at=a_date(due_at),
        team=team if team is not None or people else ticket.team, blocks_closing=blocks_closing,
        is_shown_to_requester=is_shown_to_requester, caller=caller, reference=reference,
        is_answered_there=is_answered_there,
    )  # fmt: skip
    _put(task, people, list(needs), place=_last(ticket) + 1, by=by)
    count(ticket)
    return task


@action("ticket.put_checklist", permission="task.edit")
def put_checklist(ticket: Ticket, checklist: Checklist, *, by: Any) -> Ticket:
    """Put all tasks of a checklist on the ticket, with their dates and in their order."""
    lock(ticket)
    must_be_live(ticket)
    must_be_unsolved(ticket)
    items = list(checklist.items.select_related("person", "team").prefetch_related("needs"))
    if not checklist.is_active or not items:
        raise Refused(_("“%(name)s” is not in use, or has no tasks.") % {"name": checklist.name})
    if checklist.team_id is not None and checklist.team_id != ticket.team_id:
        raise Refused(_("“%(name)s” is for tickets of another team.") % {"name": checklist.name})
    place, made = _last(ticket), dict[int, Task]()
    for item in _in_order(items):
        place += 1
        person = item.person if item.person is not None and item.person.is_active else None
        task = Task(
            ticket=ticket, title=item.title, text=item.text, due_at=_due(item),
            team=item.team if item.team is not None or person is not None else ticket.team,
            blocks_closing=item.blocks_closing, is_shown_to_requester=item.is_shown_to_requester,
        )  # fmt: skip
        needs = [made[each.pk] for each in item.needs.all() if each.pk in made]
        _put(task, [person] if person is not None else [], needs, place=place, by=by)
        made[item.pk] = task
    count(ticket)
    tasks = [task.pk for task in made.values()]
    record(ticket, ChecklistPut, by=by, checklist=checklist.pk, name=checklist.name, count=len(tasks), tasks=tasks)
    return ticket


@action("task.take_away", permission="task.edit")
def take_away(ticket: Ticket, tasks: Iterable[Task], *, by: Any) -> int:
    """Take tasks off the ticket again that were put there by a slip: those nobody has done anything about."""
    lock(ticket)
    gone = 0
    for task in tasks:
        is_untouched = task.state in {State.OPEN, State.WAITING} and not task.minutes and not task.caller
        if task.ticket_id != ticket.pk or not is_untouched or task.remarks.exists() or task.files.exists():
            raise Refused(_("“%(task)s” has been worked on. Say that it is not needed instead.") % {
                "task": task.title
            })  # fmt: skip
        for each in task.needed_by.all():
            each.needs.remove(task)
            if each.state == State.WAITING and not each.needs.filter(is_open=True).exists():
                each.ticket = ticket
                keep(each, state=State.OPEN)
        record(ticket, TaskTakenAway, by=by, task=task.pk, title=task.title)
        task.delete()
        gone += 1
    count(ticket)
    return gone


def _put(task: Task, people: Sequence[Any], needs: list[Task], *, place: int, by: Any) -> None:
    if place > MOST_ON_A_TICKET:
        raise Refused(_("A ticket has at most %(most)s tasks.") % {"most": MOST_ON_A_TICKET})
    if any(each.ticket_id != task.ticket_id for each in needs):
        raise Refused(_("A task waits only for tasks of the same ticket."))
    people = check_people(people)
    waits = any(each.is_open for each in needs)
    task.position, task.has_people = place, bool(people)
    task.state = State.WAITING if waits else State.OPEN
    task.is_ready, task.due_or_never = not waits, task.due_at or FAR
    task.opened_by, task.opened_at, task.changed_at = by, clock.now(), clock.now()
    task.save(force_insert=True)
    if people:
        Assignee.objects.bulk_create(Assignee(task=task, person=each, is_ready=task.is_ready) for each in people)
    if needs:
        task.needs.add(*needs)
    record(
        task.ticket, TaskAdded, by=by, task=task.pk, title=task.title, people=[each.pk for each in people],
        team=task.team_id, is_ready=task.is_ready, caller=task.caller,
    )  # fmt: skip


def check_people(people: Sequence[Any]) -> list[Any]:
    """Each once; Refused where somebody has left."""
    found = list(dict.fromkeys(people))
    if len(found) > MOST_PEOPLE:
        raise Refused(_("At most %(most)s people share a task.") % {"most": MOST_PEOPLE})
    for each in found:
        if not each.is_active:
            raise Refused(_("%(person)s has left, so the task would wait for nobody.") % {"person": each})
    return found


def _last(ticket: Ticket) -> int:
    return Task.objects.filter(ticket=ticket).aggregate(last=Max("position"))["last"] or 0


def _in_order(items: list[ChecklistItem]) -> list[ChecklistItem]:
    """As they are listed, but each behind those it waits for; a circle is let go where it begins."""
    found: dict[int, ChecklistItem] = {}
    rest = items
    while rest:
        known = [item for item in rest if all(each.pk in found for each in item.needs.all())] or rest[:1]
        found |= {item.pk: item for item in known}
        rest = [item for item in rest if item.pk not in found]
    return list(found.values())


def _due(item: ChecklistItem) -> datetime | None:
    if item.due_days is None:
        return None
    try:
        return shift(house_time(), clock.now(), item.due_days)
    except CalendarWrong:
        return clock.now() + timedelta(days=item.due_days)
