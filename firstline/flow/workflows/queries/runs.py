"""Runs, their steps and what waits for whom. Each begins with who is looking."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from firstline.core.actions import may
from firstline.flow.workflows.models import Run, Step
from firstline.people.access.rules import teams_of
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to as tickets_visible_to

TASK_ORDER = ("opened_at", "id")
TASK = (
    "id", "title", "opened_at", "due_at", "kind", "person_id", "team__name", "run_id", "run__ticket_id",
    "run__ticket__subject", "run__version__workflow__name", "trouble",
)  # fmt: skip
STUCK_ORDER = ("changed_at", "id")
STUCK = ("id", "changed_at", "reason", "ticket_id", "ticket__subject", "version__workflow__name", "version__number")
MOST_ON_A_TICKET = 20


def visible_to(person: Any) -> QuerySet[Run]:
    """Runs of tickets one sees."""
    tickets = tickets_visible_to(person)
    if not tickets.query.where:
        return Run.objects.all()
    return Run.objects.filter(ticket__in=tickets.values("pk"))


def asked(person: Any) -> QuerySet[Step]:
    """What waits for this person or a team they work in."""
    mine = Q(person=person)
    if teams := teams_of(person):
        mine |= Q(person__isnull=True, team__in=teams)
    return Step.objects.filter(mine, is_open=True, waits_for_people=True)


def tasks_of(person: Any) -> Any:
    """My tasks, the oldest first."""
    return asked(person).values(*TASK)


def count_tasks_of(person: Any) -> int:
    """How many, at most a hundred."""
    return len(asked(person).values_list("pk")[:100])


def answerable_by(person: Any) -> QuerySet[Step]:
    """Steps one may look at: those that ask or asked them, and those of tickets one sees."""
    tickets = tickets_visible_to(person)
    found = Step.objects.filter(waits_for_people=True)
    if not tickets.query.where:
        return found
    mine = Q(person=person) | Q(team__in=teams_of(person))
    return found.filter(mine | Q(run__ticket__in=tickets.values("pk")))


def stuck_for(viewer: Any) -> Any:
    """Runs that stand still, the longest first."""
    return visible_to(viewer).filter(status=Run.Status.STUCK).values(*STUCK)


def troubles_of(runs: list[int]) -> dict[int, list[Step]]:
    """By run: the steps that stand still, in one query."""
    found: dict[int, list[Step]] = {}
    for step in Step.objects.filter(run__in=runs, is_open=True).exclude(trouble=""):
        found.setdefault(step.run_id, []).append(step)
    return found


def panel(ticket: Ticket, viewer: Any) -> dict[str, Any] | None:
    """What the ticket page shows of this room: every run, where it stands, and my part of it."""
    if not may(viewer, "workflow.view", ticket):
        return None
    runs = list(
        Run.objects.filter(ticket=ticket).select_related("version__workflow").order_by("-id")[:MOST_ON_A_TICKET]
    )
    may_start = ticket.is_unsolved and ticket.merged_into_id is None and may(viewer, "workflow.start", ticket)
    if not runs and not may_start:
        return None
    standing: dict[int, list[Step]] = {}
    if runs:
        rows = Step.objects.filter(run__in=[run.pk for run in runs if run.is_open], is_open=True)
        for step in rows.select_related("person", "team").order_by("number"):
            standing.setdefault(step.run_id, []).append(step)
    teams = teams_of(viewer)
    mine = {
        step.pk
        for steps in standing.values()
        for step in steps
        if step.waits_for_people and (step.person_id == viewer.pk or (step.person_id is None and step.team_id in teams))
    }
    return {"runs": runs, "standing": standing, "my_steps": mine, "may_start_workflow": may_start}
