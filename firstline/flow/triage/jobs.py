"""What triage looks at again and again."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.jobs import loops
from firstline.work.tickets.models import Ticket

from .actions.pick import pick_again
from .actions.stillness import point_out
from .fields import STILL_HOURS
from .models import Pick, StillNotice

AT_ONCE = 100
# What has stood still for longer was pointed out when it began, or has lain there since before anybody asked: a desk
# with ten thousand forgotten tickets finds them in its queue by their last change, and not in as many notices.
LOOKS_BACK = timedelta(days=3)


def find_somebody_after_all() -> bool:
    """People come back: what nobody could take is offered again, the weightiest first."""
    waiting = Ticket.objects.filter(
        pk__in=Pick.objects.filter(is_alarm=True).values("ticket_id"), owner__isnull=True, is_unsolved=True
    )
    for ticket in waiting.order_by("priority", "created_at", "id")[:AT_ONCE]:
        try:
            pick_again(ticket, by=None)
        except Refused:  # somebody merged it, or took it, in this moment
            continue
    return False


def point_out_what_stands_still() -> bool:
    """Tickets that have come to stand still are pointed out, once for each time."""
    hours = STILL_HOURS.get()
    if not hours:
        return False
    until = clock.now() - timedelta(hours=hours)
    told = StillNotice.objects.filter(ticket=OuterRef("pk"), since=OuterRef("updated_at"))
    still = (
        Ticket.objects.filter(is_unsolved=True, merged_into__isnull=True, updated_at__range=(until - LOOKS_BACK, until))
        .exclude(source="import")
        .filter(~Exists(told))
        .order_by(F("updated_at"), "id")
    )
    found = list(still[:AT_ONCE])
    for ticket in found:
        point_out(ticket, hours, by=None)
    return len(found) == AT_ONCE


loops.register("triage: find somebody after all", find_somebody_after_all, every=60)
loops.register("triage: point out what stands still", point_out_what_stands_still, every=300)
