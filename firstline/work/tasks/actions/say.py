"""What is added to a task while it is worked on: remarks, files, time."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.tasks.events import TaskFileAdded, TaskFileRemoved, TaskRemarked, TaskTimeSpent
from firstline.work.tasks.models import Remark, Spent, Task, TaskFile

from ._change import LONGEST_TEXT, hold

LONGEST_TIME = 7 * 24 * 60  # minutes at once; more is a slip of the finger
MOST_FILES = 200


@action("task.remark", permission="task.work")
def remark_on(task: Task, text: str, *, by: Any) -> Remark:
    """Write a remark on the task."""
    hold(task)
    if not text.strip():
        raise Refused(_("There is nothing to send yet. Write a few words."))
    made = Remark(task=task, author=by, text=text.strip()[:LONGEST_TEXT], at=clock.now())
    made.save(force_insert=True)
    record(task.ticket, TaskRemarked, by=by, task=task.pk, title=task.title, remark=made.pk)
    return made


@action("task.attach", permission="task.work")
def attach(task: Task, *, name: str, type: str, size: int, sha256: str, by: Any) -> TaskFile:  # noqa: A002 -- as files are described everywhere
    """Add a file to the task. Its bytes are stored already."""
    hold(task)
    if TaskFile.objects.filter(task=task).count() >= MOST_FILES:
        raise Refused(_("A task has at most %(most)s files.") % {"most": MOST_FILES})
    made = TaskFile(task=task, by=by, name=name[:255], type=type[:120], size=size, sha256=sha256, at=clock.now())
    made.save(force_insert=True)
    record(task.ticket, TaskFileAdded, by=by, task=task.pk, title=task.title, file=made.pk, name=made.name)
    return made


@action("task.detach", permission="task.work")
def detach(task: Task, file: TaskFile, is_removed: bool = True, *, by: Any) -> TaskFile:
    """Remove a file from the task, or bring it back."""
    hold(task)
    if file.task_id != task.pk:
        raise Refused(_("This file belongs to another task."))
    if file.is_removed != is_removed:
        file.is_removed = is_removed
        file.save(update_fields=["is_removed"])
        kind = TaskFileRemoved if is_removed else TaskFileAdded
        record(task.ticket, kind, by=by, task=task.pk, title=task.title, file=file.pk, name=file.name)
    return file


@action("task.spend", permission="task.work")
def spend(task: Task, minutes: int, *, by: Any) -> Spent:
    """Note how many minutes one has worked on the task."""
    hold(task)
    if by is None or not 0 < minutes <= LONGEST_TIME:
        raise Refused(_("Say a number of minutes, from 1 to %(most)s.") % {"most": LONGEST_TIME})
    made = Spent(task=task, person=by, minutes=minutes, at=clock.now())
    made.save(force_insert=True)
    _add(task, minutes, by=by)
    return made


@action("task.take_back_time", permission="task.work")
def take_back_time(task: Task, spent: Spent, *, by: Any) -> None:
    """Take back time one has noted oneself."""
    hold(task)
    if spent.task_id != task.pk or (by is not None and spent.person_id != by.pk):
        raise Refused(_("Only who noted this time takes it back."))
    minutes = spent.minutes
    if Spent.objects.filter(pk=spent.pk).delete()[0]:
        _add(task, -minutes, by=by)


def _add(task: Task, minutes: int, *, by: Any) -> None:
    Task.objects.filter(pk=task.pk).update(minutes=F("minutes") + minutes)
    record(task.ticket, TaskTimeSpent, by=by, task=task.pk, title=task.title, minutes=minutes)
