from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from firstline.core import clock
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.doors.desk import queues
from firstline.work.tickets.models import Priority, Turn
from firstline.work.tickets.queries import visible_to

SHOWN = 8


@access("desk.enter")
def home(request: HttpRequest) -> HttpResponse:
    """My work, and what burns."""
    person = request.user
    seen = visible_to(person)
    mine = queues.rows(person, "mine", among=seen)
    nobodys = queues.rows(person, "unassigned", among=seen)
    burning = seen.filter(is_unsolved=True, priority=Priority.CRITICAL).exclude(turn=Turn.REQUESTER)
    late = seen.filter(is_unsolved=True, due_at__lt=clock.now())
    return page(
        request,
        "desk/home.html",
        {
            "my_turn": queues.page(mine.filter(turn=Turn.DESK), "priority").rows[:SHOWN],
            "not_my_turn": queues.page(mine.exclude(turn=Turn.DESK), "updated").rows[:SHOWN],
            "burning": queues.page(burning, "priority").rows[:SHOWN],
            "fresh": queues.page(nobodys, "priority").rows[:SHOWN],
            "counts": {
                "mine": queues.count_up_to(mine),
                "nobodys": queues.count_up_to(nobodys),
                "late": queues.count_up_to(late),
                "critical": queues.count_up_to(burning),
            },
            "breadcrumb": [],
        },
        block="pieces",
    )
