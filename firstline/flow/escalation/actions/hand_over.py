"""Follow the sun: at the end of a shift the open escalations go to the next team, which has to accept them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.escalation.events import HandedOver, HandOverAccepted, RelayChanged
from firstline.flow.escalation.models import HandedTicket, HandOver, News, Relay
from firstline.people.teams.models import Team
from firstline.people.teams.queries import duties_between
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.models import Priority, Ticket

ACCEPT_WITHIN = timedelta(minutes=30)
LOOK_AHEAD = timedelta(hours=36)
LONGEST_BEFORE = 240  # minutes
MOST = 200  # tickets in a pack that makes itself


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


@action("escalation.save_relay", permission="escalation.settings")
def save_relay(
    from_team: Team,
    to_team: Team | None,
    *,
    minutes_before: int = 15,
    least_urgent: int = Priority.HIGH,
    by: Any,
) -> Relay | None:
    """Let urgent work go on with another team whenever this one's last shift of the day ends; None: no more."""
    if to_team is None:
        Relay.objects.filter(from_team=from_team).delete()
        record(from_team, RelayChanged, by=by, to=None)
        return None
    if from_team.pk == to_team.pk:
        raise Refused(_("A team cannot hand over to itself."))
    if not 0 <= minutes_before <= LONGEST_BEFORE:
        raise Refused(_("Hand over at most four hours before the end of the shift."))
    made, _is_new = Relay.objects.update_or_create(
        from_team=from_team,
        defaults={
            "to_team": to_team, "minutes_before": minutes_before, "least_urgent": Priority(least_urgent),
        },
    )  # fmt: skip
    record(from_team, RelayChanged, by=by, to=to_team.pk)
    return made


@action("escalation.relay", permission="escalation.settings")
def relay_on(relay: Relay, *, by: Any) -> HandOver | None:
    """Make the pack, once for each end of a shift; None if there is nothing that cannot wait."""
    relay.refresh_from_db(from_queryset=Relay.objects.select_for_update(of=("self",)))
    if not is_due(relay, clock.now()):
        return None
    relay.done_until = end_of_shift(relay.from_team, clock.now())
    relay.save(update_fields=["done_until"])
    gone = HandedTicket.objects.filter(hand_over__from_team=relay.from_team, hand_over__accepted_at__isnull=True)
    tickets = list(
        Ticket.objects.filter(team=relay.from_team, is_unsolved=True, priority__lte=relay.least_urgent)
        .exclude(pk__in=gone.values("ticket"))
        .order_by("priority", "created_at", "id")[:MOST]
    )
    if not tickets or not relay.to_team.is_active:
        return None
    return hand_over(relay.from_team, relay.to_team, tickets, by=None)


def is_due(relay: Relay, now: datetime) -> bool:
    """Whether the team's last shift is about to end, and its pack is not made yet."""
    end = end_of_shift(relay.from_team, now)
    return end is not None and end - timedelta(minutes=relay.minutes_before) <= now and relay.done_until != end


def end_of_shift(team: Team, now: datetime) -> datetime | None:
    """When the last of those who are on shift now goes home, and nobody follows at once; None if nobody is there."""
    end: datetime | None = None
    for duty in duties_between([team], now, now + LOOK_AHEAD):  # ordered by their beginning
        if not duty.is_on_call and duty.begin <= (end or now):
            end = max(end or duty.end, duty.end)
    return end


def last_states(numbers: Sequence[int]) -> dict[int, str]:
    """How each of these tickets stood when news was last told."""
    found: dict[int, str] = {}
    rows = News.objects.filter(ticket__in=numbers).order_by("-at", "-id").values_list("ticket_id", "state", "coming")
    for number, state, coming in rows:
        found.setdefault(number, " – ".join(part for part in (state, coming) if part))
    return found
