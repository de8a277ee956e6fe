from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from firstline.core import clock
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.doors.desk import queues
from firstline.work.tickets.models import Priority, Ticket, Turn
from firstline.work.tickets.queries import visible_to

SHOWN = 8
MOST = 99  # beyond it nobody counts: "99+"


@access("desk.enter")
def home(request: HttpRequest) -> HttpResponse:
    """My work, and what burns. Each list is read once, and counted while it is at hand."""
    person = request.user
    seen = visible_to(person)
    mine = _first(queues.rows(person, "mine", among=seen))
    nobodys = _first(queues.rows(person, "unassigned", among=seen))
    burning = _first(seen.filter(is_unsolved=True, priority=Priority.CRITICAL).exclude(turn=Turn.REQUESTER))
    waiting = sorted((row for row in mine if row["turn"] != Turn.DESK), key=lambda row: row["updated_at"], reverse=True)
    return page(
        request,
        "desk/home.html",
        {
            "my_turn": queues.drawn([row for row in mine if row["turn"] == Turn.DESK][:SHOWN]),
            "not_my_turn": queues.drawn(waiting[:SHOWN]),
            "burning": queues.drawn(burning[:SHOWN]),
            "fresh": queues.drawn(nobodys[:SHOWN]),
            "counts": {
                "mine": len(mine),
                "nobodys": len(nobodys),
                "late": queues.count_up_to(seen.filter(is_unsolved=True, next_due_at__lt=clock.now()), MOST),
                "critical": len(burning),
            },
            "breadcrumb": [],
        },
        block="pieces",
    )


def _first(tickets: QuerySet[Ticket]) -> list[dict[str, Any]]:
    """Those that come first, as many as are counted."""
    return list(tickets.order_by(*queues.ORDERS["priority"]).values(*queues.SHOWN)[: MOST + 1])
