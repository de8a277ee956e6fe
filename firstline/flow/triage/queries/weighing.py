"""What goes into a priority, read for one ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from firstline.flow.triage.engine.weighing import Inputs, Scale, weigh
from firstline.work.tickets.fields import is_important
from firstline.work.tickets.models import Ticket

from .book import Contents, contents


def priority_of(ticket: Ticket) -> tuple[int, dict[str, Any]]:
    """The priority as the organisation weighs it, and how it came about."""
    return weighed(ticket, contents(knowing=ticket.category_id))


def weighed(ticket: Ticket, book: Contents) -> tuple[int, dict[str, Any]]:
    scale = book.scale
    return weigh(
        Inputs(
            impact=ticket.impact,
            urgency=ticket.urgency,
            risk=ticket.risk,
            value=book.values.get(ticket.category_id or 0),
            is_vip=bool(scale.vip) and is_important(ticket),
            repeats=_repeats(ticket, scale),
        ),
        scale,
    )


def _repeats(ticket: Ticket, scale: Scale) -> int:
    """How many earlier tickets of the same requester and category there are: the same trouble again."""
    if not (scale.repeat and scale.repeat_times and ticket.category_id):
        return 0
    earlier = Ticket.objects.filter(
        requester_id=ticket.requester_id,
        category_id=ticket.category_id,
        created_at__gte=ticket.created_at - timedelta(days=scale.repeat_days),
        created_at__lte=ticket.created_at,
        merged_into__isnull=True,
    )
    if ticket.pk:
        earlier = earlier.exclude(pk=ticket.pk)
    return len(earlier.values_list("pk", flat=True)[:20])
