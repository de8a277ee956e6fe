from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.models import Team
from firstline.work.tickets.events import TicketRouted
from firstline.work.tickets.models import Ticket

from ._change import change, lock, must_be_live


@action("ticket.route", permission="ticket.assign")
def route(ticket: Ticket, to: Team | None, *, by: Any) -> Ticket:
    """Hand the ticket to a team's queue."""
    lock(ticket)
    must_be_live(ticket)
    before = ticket.team_id
    if before == (to.pk if to else None):
        return ticket
    if to is not None and not to.is_active:
        raise Refused(_("The team %(team)s is not active any more. Choose another one.") % {"team": to.name})
    change(ticket, team=to)
    record(ticket, TicketRouted, by=by, **{"from": before, "to": to.pk if to else None})
    return ticket
