from __future__ import annotations

from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.flow.triage.events import TicketStoodStill
from firstline.flow.triage.models import StillNotice


@action("triage.point_out", permission="ticket.edit")
def point_out(ticket: Any, hours: int, *, by: Any) -> Any:
    """Say that nothing has happened on a ticket for so many hours; once for each time it stands still."""
    _notice, is_new = StillNotice.objects.get_or_create(
        ticket=ticket, since=ticket.updated_at, defaults={"at": clock.now()}
    )
    if is_new:
        record(ticket, TicketStoodStill, by=by, hours=hours, since=ticket.updated_at.isoformat())
    return ticket
