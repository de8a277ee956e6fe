"""Follow the sun: at the end of a shift the open escalations go to the next team, which has to accept them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.escalation.events import HandedOver, HandOverAccepted
from firstline.flow.escalation.models import HandedTicket, HandOver, News
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.models import Ticket

ACCEPT_WITHIN = timedelta(minutes=30)


@action("team.hand_over", permission="escalation.hand_over")
def hand_over(
    team: Team, to: Team, tickets: Sequence[Ticket], *, note: str = "", states: dict[int, str] | None = None, by: Any
) -> HandOver:
    """Give these tickets of one team to another. They stay where they are until somebody there accepts."""
    if team.pk == to.pk:
        raise Refused(_("A team cannot hand over to itself."))
    if not to.is_active:
        raise Refused(_("The team %(team)s is not active any more. Choose another one.") % {"team": to.name})
    handed = [ticket for ticket in tickets if ticket.team_id == team.pk and ticket.is_unsolved]
    if not handed:
        raise Refused(_("There is nothing to hand over."))
    now = clock.now()
    made = HandOver(
        from_team=team, to_team=to, note=note.strip()[:2000], by=by, at=now, accept_by=now + ACCEPT_WITHIN
    )  # fmt: skip
    made.save(force_insert=True)
    written = states or {}
    drafted = last_states([ticket.pk for ticket in handed])
    HandedTicket.objects.bulk_create(
        [
            HandedTicket(
                hand_over=made, ticket=ticket, state=(written.get(ticket.pk) or drafted.get(ticket.pk, ""))[:500]
            )
            for ticket in handed
        ]
    )
    record(
        to, HandedOver, by=by, hand_over=made.pk, tickets=[ticket.pk for ticket in handed], **{"from": team.pk}
    )  # fmt: skip
    return made


@action("team.accept_hand_over", permission="escalation.hand_over")
def accept_hand_over(handed: HandOver, *, by: Any) -> HandOver:
    """Accept for one's team: only now the tickets change queues."""
    handed.refresh_from_db(from_queryset=HandOver.objects.select_for_update(of=("self",)))
    if handed.accepted_at is not None:
        return handed
    if by is not None and not handed.to_team.memberships.filter(person=by).exists():
        raise Refused(_("Only somebody of %(team)s can accept.") % {"team": handed.to_team.name})
    handed.accepted_by, handed.accepted_at = by, clock.now()
    handed.save(update_fields=["accepted_by", "accepted_at"])
    for row in handed.tickets.select_related("ticket"):
        ticket = row.ticket
        if not ticket.is_unsolved or ticket.team_id != handed.from_team_id:
            continue  # solved or routed elsewhere in the meantime: nothing to hand over any more
        route(ticket, handed.to_team, by=by)
        if ticket.owner_id is not None and not handed.to_team.memberships.filter(person=ticket.owner_id).exists():
            assign(ticket, None, by=by)
    record(handed.to_team, HandOverAccepted, by=by, hand_over=handed.pk)
    return handed


def last_states(numbers: Sequence[int]) -> dict[int, str]:
    """How each of these tickets stood when news was last told."""
    found: dict[int, str] = {}
    rows = News.objects.filter(ticket__in=numbers).order_by("-at", "-id").values_list("ticket_id", "state", "coming")
    for number, state, coming in rows:
        found.setdefault(number, " – ".join(part for part in (state, coming) if part))
    return found
