"""Changing what a task says: its words, whose it is, its date, its place, what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.models import Team
from firstline.work.tasks.engine.order import reached
from firstline.work.tasks.events import TaskAssigned, TaskEdited, TaskUnblocked
from firstline.work.tasks.models import Assignee, State, Task

from ._change import LONGEST_TEXT, a_date, a_title, count, hold, keep, must_be_open
from .add import check_people


@action("task.edit", permission="task.edit")
def edit_task(
    task: Task,
    *,
    title: str,
    text: str,
    due_at: datetime | None,
    blocks_closing: bool,
    is_shown_to_requester: bool,
    by: Any,
) -> Task:
    """Change what the task says, when it is due, and whether the ticket and the requester wait for it."""
    hold(task)
    wanted: dict[str, Any] = {
        "title": a_title(title), "text": text.strip()[:LONGEST_TEXT], "due_at": a_date(due_at),
        "blocks_closing": blocks_closing, "is_shown_to_requester": is_shown_to_requester,
    }  # fmt: skip
    return _write(task, wanted, by=by)


@action("task.set_due", permission="task.edit")
def set_due(task: Task, due_at: datetime | None, *, by: Any) -> Task:
    """Say until when the task is to be done, or take the date away."""
    hold(task)
    return _write(task, {"due_at": a_date(due_at)}, by=by)


@action("task.assign", permission="task.edit")
def assign_task(task: Task, people: Sequence[Any], team: Team | None = None, *, by: Any) -> Task:
    """Give the task to one or more people, or to a team."""
    hold(task)
    must_be_open(task)
    return _give(task, check_people(people), team, by=by)


@action("task.take", permission="task.work")
def take_task(task: Task, *, by: Any) -> Task:
    """Take the task oneself, out of those of the team."""
    hold(task)
    must_be_open(task)
    if by is None:
        raise Refused(_("Only a person can take a task."))
    return _give(task, [by], task.team, by=by)


@action("task.place", permission="task.edit")
def place_task(task: Task, before: Task | None, *, by: Any) -> Task:
    """Put the task before another one of its ticket, or at the end."""
    hold(task)
    others = [each for each in Task.objects.filter(ticket=task.ticket_id) if each.pk != task.pk]
    at = next((place for place, each in enumerate(others) if before is not None and each.pk == before.pk), len(others))
    others.insert(at, task)
    changed = []
    for position, each in enumerate(others, 1):
        if each.position != position:
            each.position = position
            changed.append(each)
    Task.objects.bulk_update(changed, ["position"])
    if changed:
        record(task.ticket, TaskEdited, by=by, task=task.pk, title=task.title, fields=["position"])
    return task


@action("task.set_needs", permission="task.edit")
def set_needs(task: Task, needs: Iterable[Task], *, by: Any) -> Task:
    """Say which other tasks of the ticket must be done before this one can begin."""
    hold(task)
    wanted = {each.pk: each for each in needs}
    if set(task.needs.values_list("pk", flat=True)) == set(wanted):
        return task
    must_be_open(task)
    if any(each.ticket_id != task.ticket_id for each in wanted.values()):
        raise Refused(_("A task waits only for tasks of the same ticket."))
    pairs = Task.needs.through.objects.filter(from_task__ticket=task.ticket_id).values_list("from_task", "to_task")
    if task.pk in reached(pairs, wanted):
        raise Refused(_("Then these tasks would wait for each other for ever. Leave one of them out."))
    task.needs.set(wanted.values())
    waits = any(each.is_open for each in wanted.values())
    if waits and task.state == State.OPEN:
        keep(task, state=State.WAITING)
    elif not waits and task.state == State.WAITING:
        keep(task, state=State.OPEN)
        record(task.ticket, TaskUnblocked, by=by, task=task.pk, title=task.title)
    record(task.ticket, TaskEdited, by=by, task=task.pk, title=task.title, fields=["needs"])
    return task


def _write(task: Task, wanted: dict[str, Any], *, by: Any) -> Task:
    changed = {name: value for name, value in wanted.items() if getattr(task, name) != value}
    if not changed:
        return task
    keep(task, **changed)
    if "is_shown_to_requester" in changed:
        count(task.ticket)
    due = {"due_at": task.due_at.isoformat() if task.due_at else None} if "due_at" in changed else {}
    record(task.ticket, TaskEdited, by=by, task=task.pk, title=task.title, fields=sorted(changed), **due)
    return task


def _give(task: Task, people: Sequence[Any], team: Team | None, *, by: Any) -> Task:
    before = list(Assignee.objects.filter(task=task).values_list("person_id", flat=True))
    wanted = [each.pk for each in people]
    if sorted(before) == sorted(wanted) and task.team_id == (team.pk if team else None):
        return task
    Assignee.objects.filter(task=task).exclude(person__in=wanted).delete()
    new = [each for each in people if each.pk not in before]
    Assignee.objects.bulk_create(Assignee(task=task, person=each, is_ready=task.is_ready) for each in new)
    keep(task, team=team, has_people=bool(people))
    task.__dict__.get("_prefetched_objects_cache", {}).pop("assignees", None)
    record(
        task.ticket, TaskAssigned, by=by, task=task.pk, title=task.title, people=wanted, team=task.team_id,
        new=[each.pk for each in new], before=before, caller=task.caller, reference=task.reference,
    )  # fmt: skip
    return task
