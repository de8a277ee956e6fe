"""Runs, their steps and what waits for whom. Each begins with who is looking."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from firstline.core.actions import may
from firstline.flow.workflows.models import Party, Run, Step
from firstline.people.access.rules import teams_of
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to as tickets_visible_to

from .changes import change_of
from .progress import progress_of

STUCK_ORDER = ("changed_at", "id")
STUCK = ("id", "changed_at", "reason", "ticket_id", "ticket__subject", "version__workflow__name", "version__number")
MOST_ON_A_TICKET = 20


def visible_to(person: Any) -> QuerySet[Run]:
    """Runs of tickets one sees."""
    tickets = tickets_visible_to(person)
    if not tickets.query.where:
        return Run.objects.all()
    return Run.objects.filter(ticket__in=tickets.values("pk"))


def answerable_by(person: Any) -> QuerySet[Step]:
    """Steps one may look at: those that ask or asked them, and those of tickets one sees."""
    tickets = tickets_visible_to(person)
    found = Step.objects.filter(waits_for_people=True)
    if not tickets.query.where:
        return found
    mine: Any = Q(person=person) | Q(team__in=teams_of(person))
    asked = Party.objects.filter(Party.of(person), run=OuterRef("run"), number=OuterRef("number"))
    mine |= Q(needs__gt=0) & Exists(asked)
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
    change = change_of(ticket, viewer) if ticket.kind == "change" else None
    return {"runs": progress_of(runs), "may_start_workflow": may_start, "change": change}
