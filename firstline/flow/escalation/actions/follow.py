"""Keep a ticket's standing on its path true: which path, which level is next, when it is due."""

from __future__ import annotations

from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.flow.escalation.engine.due import next_due
from firstline.flow.escalation.models import Escalation, Path, Standing
from firstline.flow.escalation.queries import facts_of, levels_of, path_for
from firstline.work.tickets.models import Ticket


@action("escalation.follow", permission="escalation.settings")
def follow(ticket: Ticket, *, by: Any) -> Standing | None:
    """Work out anew where the ticket stands. Firstline does this after everything that happens to a ticket."""
    if not ticket.is_unsolved or ticket.merged_into_id is not None:
        Standing.objects.filter(ticket=ticket).delete()
        return None
    path = path_for(ticket)
    if path is None:
        Standing.objects.filter(ticket=ticket).delete()
        return None
    return stand(ticket, path)


def stand(ticket: Ticket, path: Path) -> Standing:
    """Write the standing on this path. A level that was asked since the ticket was last solved is not asked twice."""
    asked = list(
        Escalation.objects.filter(ticket=ticket, path=path, step__gt=0).order_by("-step", "-at").values(
            "step", "at", "accepted_at", "ended_at"
        )
    )  # fmt: skip
    lasting = [row for row in asked if row["ended_at"] is None]
    reached = max((row["step"] for row in lasting), default=0)
    levels = levels_of(path)
    coming = next((level for number, level in enumerate(levels, 1) if number > reached), None)
    since = next((row["at"] for row in lasting if row["step"] == reached and row["accepted_at"] is None), None)
    due = next_due(coming.when, facts_of(ticket, unaccepted_since=since), clock.now()) if coming else None
    standing, _is_new = Standing.objects.update_or_create(
        ticket=ticket,
        defaults={
            "path": path,
            "reached": reached,
            "next_level": coming,
            "due_at": due.at if due else None,
            "because": due.because if due else {},
        },
    )
    return standing
