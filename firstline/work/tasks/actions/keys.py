"""Licence keys and other secrets of a task: sealed where they are kept, and nobody looks unseen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.preferences import secrecy
from firstline.work.tasks.events import TaskKeyAdded, TaskKeyRemoved, TaskKeyShown
from firstline.work.tasks.models import Task, TaskKey

from ._change import hold

LONGEST_KEY = 5_000
MOST_KEYS = 100


@action("task.keep_key", permission="task.work")
def keep_key(task: Task, name: str, key: str, *, by: Any) -> TaskKey:
    """Keep a licence key with the task, sealed."""
    hold(task)
    name, key = " ".join(name.split()), key.strip()
    if not name or not key:
        raise Refused(_("Say what the key is for, and the key."))
    if len(key) > LONGEST_KEY:
        raise Refused(_("A key has at most %(most)s characters. Attach it as a file instead.") % {"most": LONGEST_KEY})
    if TaskKey.objects.filter(task=task).count() >= MOST_KEYS:
        raise Refused(_("A task has at most %(most)s keys.") % {"most": MOST_KEYS})
    made = TaskKey(task=task, by=by, name=name[:120], at=clock.now())
    made.secret = secrecy.encrypt(key, purpose=made.purpose)
    made.save(force_insert=True)
    record(task.ticket, TaskKeyAdded, by=by, task=task.pk, title=task.title, key=made.pk, name=made.name)
    return made


@action("task.look_at_key", permission="task.work")
def look_at_key(task: Task, key: TaskKey, *, by: Any) -> str:
    """Read a key of the task; the timeline tells who did, and when."""
    hold(task)
    if key.task_id != task.pk or key.is_removed:
        raise Refused(_("This key belongs to another task, or was removed."))
    try:
        said = secrecy.decrypt(key.secret, purpose=key.purpose)
    except secrecy.CannotOpen:
        raise Refused(_("This key cannot be opened any more. Enter it again.")) from None
    record(task.ticket, TaskKeyShown, by=by, task=task.pk, title=task.title, key=key.pk, name=key.name)
    return said


@action("task.remove_key", permission="task.work")
def remove_key(task: Task, key: TaskKey, is_removed: bool = True, *, by: Any) -> TaskKey:
    """Remove a key from the task, or bring it back."""
    hold(task)
    if key.task_id != task.pk:
        raise Refused(_("This key belongs to another task, or was removed."))
    if key.is_removed != is_removed:
        key.is_removed = is_removed
        key.save(update_fields=["is_removed"])
        kind = TaskKeyRemoved if is_removed else TaskKeyAdded
        record(task.ticket, kind, by=by, task=task.pk, title=task.title, key=key.pk, name=key.name)
    return key
