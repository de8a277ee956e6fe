from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.escalation.events import ObstacleCleared, ObstacleFlagged, TicketChased
from firstline.flow.escalation.models import Chase, Obstacle
from firstline.work.tickets.models import Ticket

from .follow import follow

CHASE_AGAIN = timedelta(hours=4)


@action("ticket.flag_obstacle", permission="ticket.edit")
def flag_obstacle(ticket: Ticket, reason: str, *, by: Any) -> Obstacle:
    """Say that something stands in the way; the path may call the next level for it."""
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Refused(_("Say what is in the way."))
    obstacle = Obstacle.objects.filter(ticket=ticket, cleared_at__isnull=True).first()
    if obstacle is None:
        obstacle = Obstacle(ticket=ticket)
    obstacle.reason, obstacle.by, obstacle.at = reason, by, clock.now()
    obstacle.save()
    record(ticket, ObstacleFlagged, by=by, reason=reason)
    follow(ticket, by=None)
    return obstacle


@action("ticket.clear_obstacle", permission="ticket.edit")
def clear_obstacle(ticket: Ticket, *, by: Any) -> None:
    """Say that the way is free again."""
    obstacle = Obstacle.objects.filter(ticket=ticket, cleared_at__isnull=True).first()
    if obstacle is None:
        return
    obstacle.cleared_by, obstacle.cleared_at = by, clock.now()
    obstacle.save(update_fields=["cleared_by", "cleared_at"])
    record(ticket, ObstacleCleared, by=by)
    follow(ticket, by=None)


@action("ticket.chase", permission="ticket.chase")
def chase(ticket: Ticket, words: str = "", *, by: Any) -> Chase:
    """Ask, as the requester, for somebody higher up."""
    if not ticket.is_unsolved:
        raise Refused(_("It is solved. Reopen it if it is not."))
    last = Chase.objects.filter(ticket=ticket).order_by("-at").first()
    if last is not None and last.at > clock.now() - CHASE_AGAIN:
        raise Refused(_("This has been asked already; somebody is on it. You can add to the conversation below."))
    asked = Chase(ticket=ticket, by=by, words=" ".join(words.split())[:300], at=clock.now())
    asked.save(force_insert=True)
    record(ticket, TicketChased, by=by, words=asked.words)
    follow(ticket, by=None)
    return asked
