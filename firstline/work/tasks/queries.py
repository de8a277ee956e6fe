"""Tasks and checklists. Each read begins with who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.actions import may
from firstline.core.ui.said import said
from firstline.people.access.rules import teams_of
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.rules import seen_from_the_desk

from .models import Assignee, Checklist, Progress, State, Task, TaskFile

MINE_ORDER = ("due_or_never", "id")
DONE_ORDER = ("-ended_at", "-id")
LINE = (
    "id", "title", "state", "reason", "due_at", "due_or_never", "is_open", "has_people", "team__name", "opened_at",
    "ended_at", "ticket_id", "ticket__subject", "ticket__priority", "is_answered_there",
)  # fmt: skip
MOST_IN_A_PANEL = 50
MOST_TEAMS = 200
MOST_TAGS = 12
TONES = {
    State.WAITING: "neutral", State.OPEN: "new", State.PROGRESS: "open", State.REVIEW: "waiting",
    State.BLOCKED: "breach", State.DONE: "resolved", State.NOT_NEEDED: "neutral",
}  # fmt: skip
SOON = timedelta(hours=24)


def visible_to(person: Any) -> QuerySet[Task]:
    """What was given to this person or a team they work in; on the desk also the tasks of tickets they work with."""
    mine = Q(pk__in=Assignee.objects.filter(person=person).values("task_id"))
    if teams := teams_of(person):
        mine |= Q(team__in=teams, has_people=False)
    from_the_desk = seen_from_the_desk(person)
    if from_the_desk is None:
        return Task.objects.all()
    return Task.objects.filter(mine | Q(ticket__in=Ticket.objects.filter(from_the_desk).values("pk")))


def file_visible_to(person: Any, pk: int) -> TaskFile | None:
    found = TaskFile.objects.filter(task__in=visible_to(person).values("pk"), pk=pk, is_removed=False)
    return found.first()


def waiting_for(person: Any) -> QuerySet[Task]:
    """What this person can do now: theirs, and what is anybody's of their teams."""
    mine = Q(pk__in=Assignee.objects.filter(person=person, is_ready=True).values("task_id"))
    if teams := teams_of(person):
        mine |= Q(team__in=teams, has_people=False)
    return Task.objects.filter(mine, is_ready=True)


def lines_of(person: Any, show: str, *, tag: str = "") -> tuple[Any, tuple[str, ...]]:
    """My tasks as a list shows them, and their order: those that wait, the next due first; or those that are done.

    `tag`: only those of tickets with this tag.
    """
    if show == "done":
        found, order = Task.objects.filter(ended_by=person), DONE_ORDER
    else:
        found, order = waiting_for(person), MINE_ORDER
    if tag:
        tagged = Ticket.tags.through.objects.filter(tag__name=tag)
        found = found.filter(ticket__in=tagged.values("ticket_id"))
    return found.values(*LINE), order


def tags_of_waiting(person: Any) -> list[str]:
    """The tags of the tickets whose tasks wait for this person, the most frequent first."""
    tickets = Task.objects.filter(pk__in=waiting_for(person).order_by("due_or_never", "id").values("pk")[:500])
    counted = Ticket.tags.through.objects.filter(ticket__in=tickets.values("ticket_id"))
    rows = counted.values("tag__name").annotate(times=Count("id")).order_by("-times", "tag__name")
    return [row["tag__name"] for row in rows[:MOST_TAGS]]


def count_waiting_for(person: Any) -> int:
    """How many, at most a hundred."""
    return len(waiting_for(person).values_list("pk")[:100])


def tasks_of(ticket: Ticket) -> list[Task]:
    """In their order, with whose they are and what each waits for: three queries however many."""
    found = Task.objects.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket)).select_related("team", "ended_by")
    return list(found.prefetch_related("assignees__person", "needs").order_by("position", "id"))


def progress_of(ticket: Ticket) -> Progress | None:
    """How the tasks of a ticket stand; read once."""
    if "_task_progress" not in ticket.__dict__:
        ticket.__dict__["_task_progress"] = Progress.objects.filter(ticket=ticket.pk).first()
    found: Progress | None = ticket.__dict__["_task_progress"]
    return found


def blocking(ticket: Ticket) -> QuerySet[Task]:
    """The open tasks that the ticket waits for."""
    return Task.objects.filter(ticket=ticket, is_open=True, blocks_closing=True)


def summary(tasks: Iterable[Task]) -> str:
    """3 of 7 done; one blocked: “The part is late”."""
    needed = [task for task in tasks if task.state != State.NOT_NEEDED]
    done = sum(task.state == State.DONE for task in needed)
    how_far = _("%(done)s of %(all)s done") % {"done": done, "all": len(needed)}
    stuck = [task for task in needed if task.state == State.BLOCKED]
    if not stuck:
        return how_far
    words = ngettext("%(count)s is blocked", "%(count)s are blocked", len(stuck)) % {"count": len(stuck)}
    return f"{how_far}; {words}: “{stuck[0].reason[:160]}”"


def checklists_for(ticket: Ticket) -> list[Checklist]:
    """Those in use for tickets of its team, and for all."""
    meant = Q(team__isnull=True) | Q(team=ticket.team_id) if ticket.team_id else Q(team__isnull=True)
    return list(Checklist.objects.filter(meant, is_active=True, items__isnull=False).distinct().order_by("name", "id"))


def checklists_edited_by(person: Any) -> list[Checklist]:
    """The checklists this person may write: few, so each is asked about."""
    found = Checklist.objects.select_related("team").prefetch_related("items").order_by("-is_active", "name", "id")
    return [each for each in found if may(person, "checklist.edit", each)]


def teams_to_choose() -> list[tuple[int, str]]:
    return list(Team.objects.filter(is_active=True).order_by("name").values_list("pk", "name")[:MOST_TEAMS])


def panel(ticket: Ticket, viewer: Any) -> dict[str, Any] | None:
    """What the ticket page shows of this room: how far they are, each task, and what one may do."""
    if not may(viewer, "task.view", ticket):
        return None
    may_edit = may(viewer, "task.edit", ticket) and ticket.is_unsolved and ticket.merged_into_id is None
    found = tasks_of(ticket)
    if not found and not may_edit:
        return None
    checklists = checklists_for(ticket) if may_edit else []
    return {
        "tasks": found[:MOST_IN_A_PANEL], "all_tasks": len(found), "task_tones": TONES,
        "done_tasks": sum(task.state == State.DONE for task in found),
        "needed_tasks": sum(task.state != State.NOT_NEEDED for task in found),
        "task_summary": summary(found), "may_edit_tasks": may_edit,
        "may_work_on_tasks": may(viewer, "task.work", ticket),
        "checklists": checklists, "checklist_options": [(each.pk, said(each.name)) for each in checklists],
    }  # fmt: skip


def shown_to_requester(ticket: Ticket) -> dict[str, int] | None:
    """How far the tasks are that the requester may see; None where there are none."""
    found = progress_of(ticket)
    return {"done": found.shown_done, "all": found.shown} if found is not None and found.shown else None
