"""What the portal shows of a request: plain words, who has it, what comes next."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from firstline.work.tickets.models import StatusType, Ticket
from firstline.work.tickets.queries import requested_by

SHOWN = (
    "id", "subject", "state", "status__requester_label", "updated_at", "created_at", "owner__name", "team__name",
)  # fmt: skip


def rows(person: Any, *, is_unsolved: bool) -> QuerySet[Ticket, dict[str, Any]]:
    """The person's requests, the last changed first."""
    found = requested_by(person).filter(is_unsolved=is_unsolved, merged_into__isnull=True)
    rows: QuerySet[Ticket, dict[str, Any]] = found.order_by("-updated_at", "-id").values(*SHOWN)
    return rows


def steps(ticket: Ticket) -> list[tuple[str, str, str | None]]:
    """Where it stands: done, now, next."""
    words = [_("Received"), _("In progress"), _("Solved"), _("Closed")]
    at = {StatusType.NEW: 0, StatusType.OPEN: 1, StatusType.WAITING: 1, StatusType.RESOLVED: 2, StatusType.CLOSED: 3}[
        StatusType(ticket.state)
    ]
    words[at] = _(ticket.status.requester_label)
    return [
        (word, "done" if place < at else "now" if place == at else "next", None) for place, word in enumerate(words)
    ]


def who_has_it(ticket: Ticket) -> str:
    """One sentence for the requester."""
    if ticket.owner:
        return _("%(person)s looks after it.") % {"person": ticket.owner.display_name}
    if ticket.team:
        return _("It is with the team %(team)s.") % {"team": ticket.team.name}
    if not ticket.is_unsolved:
        return ""
    return _("It is waiting for somebody to take it.")
