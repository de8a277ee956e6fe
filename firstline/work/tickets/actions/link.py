from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action, chosen, may
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketLinked, TicketUnlinked
from firstline.work.tickets.models import Link, Ticket


@action("ticket.link", permission="ticket.link")
def link(ticket: Ticket, to: Ticket, relation: str, *, by: Any) -> Ticket:
    """Note how two tickets belong together: parent of, causes, duplicates, relates to."""
    _both_ends(to, by)
    wanted = chosen(Link.Type, relation)
    if ticket.pk == to.pk:
        raise Refused(_("A ticket cannot be linked to itself."))
    if wanted == Link.Type.PARENT and _is_below(ticket, to):
        raise Refused(
            _("#%(other)s stands above #%(number)s already, so it cannot become its child.")
            % {"other": to.pk, "number": ticket.pk}
        )
    _found, is_new = Link.objects.get_or_create(
        source=ticket, target=to, type=wanted, defaults={"by": by, "at": clock.now()}
    )
    if is_new:
        record(ticket, TicketLinked, by=by, type=wanted.value, ticket=to.pk)
    return ticket


@action("ticket.unlink", permission="ticket.link")
def unlink(ticket: Ticket, to: Ticket, relation: str, *, by: Any) -> Ticket:
    """Take a link between two tickets back."""
    _both_ends(to, by)
    taken = chosen(Link.Type, relation)
    if Link.objects.filter(source=ticket, target=to, type=taken).delete()[0]:
        record(ticket, TicketUnlinked, by=by, type=taken.value, ticket=to.pk)
    return ticket


def _both_ends(other: Ticket, by: Any) -> None:
    if by is not None and not may(by, "ticket.link", other):
        raise NotAllowed("ticket.link is not allowed at the other end.")


def _is_below(ticket: Ticket, ancestor: Ticket) -> bool:
    """Whether `ticket` is reached from `ancestor` by going down; a family tree has no circles."""
    frontier, seen = {ancestor.pk}, set()
    while frontier:
        if ticket.pk in frontier:
            return True
        seen |= frontier
        below = Link.objects.filter(source__in=frontier, type=Link.Type.PARENT).values_list("target_id", flat=True)
        frontier = set(below) - seen
    return False
