"""How a task goes on: begun, looked at, blocked, done, not needed, opened again."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.tasks.events import TaskDone, TaskDropped, TaskDue, TaskMoved, TaskReopened
from firstline.work.tasks.models import Remark, State, Task
from firstline.work.tickets.models import Ticket

from ._change import LONGEST_TEXT, count, hold, keep, must_be_open, must_be_unsolved, open_the_next


@action("task.begin", permission="task.work")
def begin(task: Task, *, by: Any) -> Task:
    """Say that somebody works on the task."""
    return _move(task, State.PROGRESS, by=by)


@action("task.ask_review", permission="task.work")
def ask_review(task: Task, *, by: Any) -> Task:
    """Say that somebody else should look at it before it is done."""
    return _move(task, State.REVIEW, by=by)


@action("task.block", permission="task.work")
def block(task: Task, reason: str, *, by: Any) -> Task:
    """Say that the task cannot go on, and why."""
    if not reason.strip():
        raise Refused(_("Say what it is blocked by: whoever can help has to know."))
    return _move(task, State.BLOCKED, reason.strip()[:LONGEST_TEXT], by=by)


@action("task.rest", permission="task.work")
def rest(task: Task, *, by: Any) -> Task:
    """Put the task back to those nobody works on yet; what blocked it is gone."""
    return _move(task, State.OPEN, by=by)


@action("task.finish", permission="task.work")
def finish(task: Task, remark: str = "", *, by: Any) -> Task:
    """Say that the task is done; what waited for it can begin."""
    hold(task)
    if task.state == State.DONE:
        return task
    must_be_open(task)
    if task.is_answered_there:
        raise Refused(_("“%(task)s” asks for more than that it is done. Answer it on its own page.") % {
            "task": task.title
        })  # fmt: skip
    _must_be_ready(task)
    _end(task, State.DONE, "", by=by)
    if remark.strip():
        Remark(task=task, author=by, text=remark.strip()[:LONGEST_TEXT], at=clock.now()).save(force_insert=True)
    _tell_done(task, remark.strip(), by=by)
    return task


@action("task.drop", permission="task.work")
def drop(task: Task, reason: str, *, by: Any) -> Task:
    """Say that the task is not needed, and why."""
    hold(task)
    if task.state == State.NOT_NEEDED:
        return task
    must_be_open(task)
    if task.caller:
        raise Refused(_("A workflow waits for “%(task)s”. Skip the step there if it is not needed.") % {
            "task": task.title
        })  # fmt: skip
    if not reason.strip():
        raise Refused(_("Say why it is not needed."))
    _end(task, State.NOT_NEEDED, reason.strip()[:LONGEST_TEXT], by=by)
    _tell_dropped(task, by=by)
    return task


@action("task.reopen", permission="task.work")
def reopen(task: Task, *, by: Any) -> Task:
    """Open the task again: it was not done after all, or is needed again."""
    hold(task)
    if task.is_open:
        return task
    if task.caller:
        raise Refused(_("A workflow has gone on since “%(task)s” was done, so it stays done.") % {"task": task.title})
    must_be_unsolved(task.ticket)
    waits = task.needs.filter(is_open=True).exists()
    keep(task, state=State.WAITING if waits else State.OPEN, reason="", ended_at=None, ended_by=None)
    open_the_next(task, by=by)
    count(task.ticket)
    record(task.ticket, TaskReopened, by=by, task=task.pk, title=task.title)
    return task


@action("task.settle", permission="task.edit")
def settle(task: Task, state: str, reason: str = "", person: Any = None, *, by: Any) -> Task:
    """End a task for whoever asked for it (a workflow's step that was answered, or given up)."""
    hold(task)
    if task.is_open:
        _settle(task, State(state), reason, has_following=True, by=person or by)
    return task


def settle_for(ticket: Ticket, caller: str, reference: str, state: State, reason: str, *, by: Any) -> None:
    """The same for what was asked under this reference, read once. Within an action that holds the ticket."""
    following = Exists(Task.objects.filter(needs=OuterRef("pk")))
    found = Task.objects.filter(caller=caller, reference=reference, is_open=True)
    for task in found.annotate(has_following=following):
        task.ticket = ticket
        _settle(task, state, reason, has_following=task.has_following, by=by)


def _settle(task: Task, state: State, reason: str, *, has_following: bool, by: Any) -> None:
    _end(task, state, reason[:LONGEST_TEXT], has_following=has_following, by=by)
    if task.state == State.DONE:
        _tell_done(task, reason, by=by, is_settled=True)
    else:
        _tell_dropped(task, by=by, is_settled=True)


@action("task.tell_due", permission="task.edit")
def tell_due(task: Task, *, by: Any) -> bool:
    """Note that the time of the task has come. False if it is over, or not due any more."""
    hold(task)
    if not task.is_ready or task.is_told_due or task.due_at is None or task.due_at > clock.now():
        return False
    task.is_told_due = True
    task.save(update_fields=["is_told_due"])
    record(task.ticket, TaskDue, by=by, task=task.pk, title=task.title)
    return True


def _move(task: Task, to: State, reason: str = "", *, by: Any) -> Task:
    hold(task)
    must_be_open(task)
    if to != State.BLOCKED:
        _must_be_ready(task)
    if (task.state, task.reason) == (to, reason):
        return task
    before = task.state
    keep(task, state=to, reason=reason)
    if State.BLOCKED in (before, to):
        count(task.ticket)
    record(
        task.ticket, TaskMoved, by=by, task=task.pk, title=task.title, reason=reason,
        **{"from": before, "to": to.value},
    )  # fmt: skip
    return task


def _must_be_ready(task: Task) -> None:
    waits_for = list(task.needs.filter(is_open=True)[:5])
    if waits_for:
        names = ", ".join(f"“{each.title}”" for each in waits_for)
        raise Refused(
            _("“%(task)s” waits for: %(others)s.") % {"task": task.title, "others": names},
            links=[(each.title, each.get_absolute_url()) for each in waits_for],
        )


def _end(task: Task, state: State, reason: str, *, has_following: bool = True, by: Any) -> None:
    keep(task, state=state, reason=reason, ended_at=clock.now(), ended_by=by)
    if has_following:
        open_the_next(task, by=by)
    count(task.ticket)


def _tell_done(task: Task, remark: str, *, by: Any, is_settled: bool = False) -> None:
    record(
        task.ticket, TaskDone, by=by, task=task.pk, title=task.title, remark=remark, caller=task.caller,
        reference=task.reference, is_settled=is_settled,
    )  # fmt: skip


def _tell_dropped(task: Task, *, by: Any, is_settled: bool = False) -> None:
    record(
        task.ticket, TaskDropped, by=by, task=task.pk, title=task.title, reason=task.reason, caller=task.caller,
        reference=task.reference, is_settled=is_settled,
    )  # fmt: skip
