"""What can happen to the tasks of a ticket: events of the ticket, so that its timeline and open pages tell them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.events import EventKind
from firstline.core.events.models import Event

from .models import State


class TaskEvent(EventKind):
    """Facts: task (its id), title."""

    noun = "ticket"
    icon = "list"
    personal: ClassVar[tuple[str, ...]] = ("title",)


class TaskAdded(TaskEvent):
    """Facts: task, title, people, team, is_ready, caller."""

    key = "ticket.task_added"
    refers_to: ClassVar = {"people": "person", "team": "team"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("added the task “%(task)s”%(whose)s") % {"task": _title(event), "whose": _whose(event)}


class TaskTakenAway(TaskEvent):
    """It was put there by a slip. Facts: task, title."""

    key = "ticket.task_taken_away"
    icon = "undo"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took the task “%(task)s” away again") % {"task": _title(event)}


class TaskAssigned(TaskEvent):
    """Facts: task, title, people, team, new (people who did not have it before)."""

    key = "ticket.task_assigned"
    icon = "person"
    refers_to: ClassVar = {"people": "person", "team": "team", "new": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        if not event.facts.get("people") and not event.facts.get("team"):
            return _("took the task “%(task)s” from everybody") % {"task": _title(event)}
        return _("gave the task “%(task)s”%(whose)s") % {"task": _title(event), "whose": _whose(event)}


class TaskEdited(TaskEvent):
    """Facts: task, title, fields (names of what was changed), due_at."""

    key = "ticket.task_edited"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("fields") == ["due_at"]:
            due = event.facts.get("due_at")
            if due is None:
                return _("took the date from the task “%(task)s”") % {"task": _title(event)}
            day = formats.date_format(timezone.localtime(datetime.fromisoformat(due)), "SHORT_DATETIME_FORMAT")
            return _("set the task “%(task)s” due on %(day)s") % {"task": _title(event), "day": day}
        return _("changed the task “%(task)s”") % {"task": _title(event)}


class TaskMoved(TaskEvent):
    """Its status changed without coming to its end. Facts: task, title, from, to, reason."""

    key = "ticket.task_moved"
    icon = "status"
    personal = ("title", "reason")

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {
            "task": _title(event), "to": State(event.facts["to"]).label, "reason": event.facts.get("reason", ""),
        }  # fmt: skip
        if words["reason"]:
            return _("put the task “%(task)s” to %(to)s: “%(reason)s”") % words
        return _("put the task “%(task)s” to %(to)s") % words


class TaskUnblocked(TaskEvent):
    """The last task it waited for is done: it can begin. Facts: task, title."""

    key = "ticket.task_unblocked"
    icon = "play"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("the task “%(task)s” can begin now") % {"task": _title(event)}


class TaskDone(TaskEvent):
    """Facts: task, title, caller, reference, remark."""

    key = "ticket.task_done"
    icon = "check"
    personal = ("title", "remark")

    @classmethod
    def describe(cls, event: Event) -> str:
        said = _("finished the task “%(task)s”") % {"task": _title(event)}
        return f"{said}: “{event.facts['remark']}”" if event.facts.get("remark") else said


class TaskDropped(TaskEvent):
    """It is not needed any more. Facts: task, title, reason, caller, reference."""

    key = "ticket.task_dropped"
    icon = "close"
    personal = ("title", "reason")

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"task": _title(event), "reason": event.facts.get("reason", "")}
        if words["reason"]:
            return _("said that the task “%(task)s” is not needed: “%(reason)s”") % words
        return _("said that the task “%(task)s” is not needed") % words


class TaskReopened(TaskEvent):
    """Facts: task, title."""

    key = "ticket.task_reopened"
    icon = "reopen"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("opened the task “%(task)s” again") % {"task": _title(event)}


class TaskDue(TaskEvent):
    """Its time has come, and it is not done. Facts: task, title."""

    key = "ticket.task_due"
    icon = "clock"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("the task “%(task)s” is due") % {"task": _title(event)}


class TaskRemarked(TaskEvent):
    """Facts: task, title, remark (its id)."""

    key = "ticket.task_remarked"
    icon = "note"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("wrote a remark on the task “%(task)s”") % {"task": _title(event)}


class TaskFileAdded(TaskEvent):
    """Facts: task, title, file, name."""

    key = "ticket.task_file_added"
    icon = "attach"
    personal = ("title", "name")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("added “%(file)s” to the task “%(task)s”") % {
            "file": event.facts.get("name", ""), "task": _title(event),
        }  # fmt: skip


class TaskKeyAdded(TaskEvent):
    """Facts: task, title, key, name. The key itself is written nowhere but sealed."""

    key = "ticket.task_key_added"
    icon = "lock"
    personal = ("title", "name")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("keeps the key “%(key)s” with the task “%(task)s”") % _key_of(event)


class TaskKeyShown(TaskEvent):
    """Somebody has looked at a key. Facts: task, title, key, name."""

    key = "ticket.task_key_shown"
    icon = "eye"
    personal = ("title", "name")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("looked at the key “%(key)s” of the task “%(task)s”") % _key_of(event)


class TaskKeyRemoved(TaskEvent):
    """Facts: task, title, key, name."""

    key = "ticket.task_key_removed"
    icon = "trash"
    personal = ("title", "name")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("removed the key “%(key)s” from the task “%(task)s”") % _key_of(event)


class TaskFileRemoved(TaskEvent):
    """Facts: task, title, file, name."""

    key = "ticket.task_file_removed"
    icon = "trash"
    personal = ("title", "name")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("removed “%(file)s” from the task “%(task)s”") % {
            "file": event.facts.get("name", ""), "task": _title(event),
        }  # fmt: skip


class TaskTimeSpent(TaskEvent):
    """Facts: task, title, minutes (negative: taken back)."""

    key = "ticket.task_time_spent"
    icon = "clock"

    @classmethod
    def describe(cls, event: Event) -> str:
        minutes = int(event.facts.get("minutes", 0))
        words = {"task": _title(event), "count": abs(minutes)}
        if minutes < 0:
            return _("took back %(count)s min on the task “%(task)s”") % words
        return _("spent %(count)s min on the task “%(task)s”") % words


class ChecklistPut(EventKind):
    """Facts: checklist, name, count, tasks (ids)."""

    key = "ticket.checklist_put"
    noun = "ticket"
    icon = "list"

    @classmethod
    def describe(cls, event: Event) -> str:
        count = int(event.facts.get("count", 0))
        return ngettext(
            "put the checklist “%(name)s” on it: %(count)s task",
            "put the checklist “%(name)s” on it: %(count)s tasks",
            count,
        ) % {"name": event.facts.get("name", ""), "count": count}


class ChecklistChanged(EventKind):
    """Facts: name, what (made, changed, item, item removed)."""

    key = "checklist.changed"
    noun = "checklist"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the checklist “%(name)s”") % {"name": event.facts.get("name", "")}


def _title(event: Event) -> str:
    return str(event.facts.get("title", ""))


def _whose(event: Event) -> str:
    """` to Ada, Lin`, or nothing."""
    names = event.name("person", "people") if event.facts.get("people") else ""
    names = names or (event.name("team", "team") if event.facts.get("team") else "")
    return _(" to %(names)s") % {"names": names} if names else ""


def _key_of(event: Event) -> dict[str, str]:
    return {"key": event.facts.get("name", ""), "task": _title(event)}
