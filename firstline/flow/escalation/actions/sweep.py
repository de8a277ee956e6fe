"""What is due by now: levels, news, suppliers, hand-overs. Each goes off once."""

from __future__ import annotations

from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.flow.escalation.events import HandOverLate, NewsLate
from firstline.flow.escalation.models import Escalation, HandOver, NewsClock, Relay, Standing
from firstline.flow.escalation.queries import levels_of
from firstline.work.tickets.models import Ticket

from .escalate import escalate_by_itself
from .follow import follow
from .hand_over import is_due, relay_on

AT_ONCE = 50


def sweep() -> bool:
    """Do what is due, each in its own transaction; true if there may be more. Called by the worker's loop."""
    now = clock.now()
    tickets = list(
        Standing.objects.filter(due_at__lte=now).order_by("due_at").values_list("ticket", flat=True)[:AT_ONCE]
    )
    for number in tickets:
        escalate_if_due(Ticket(pk=number), by=None)
    late = list(
        NewsClock.objects.filter(due_at__lte=now, told_late_at__isnull=True)
        .order_by("due_at")
        .values_list("ticket", flat=True)[:AT_ONCE]
    )
    for number in late:
        say_news_is_late(Ticket(pk=number), by=None)
    unaccepted = list(
        HandOver.objects.filter(accept_by__lte=now, accepted_at__isnull=True, told_late_at__isnull=True)[:AT_ONCE]
    )
    for handed in unaccepted:
        say_hand_over_is_late(handed, by=None)
    return AT_ONCE in {len(tickets), len(late), len(unaccepted)}


def follow_the_sun() -> None:
    """Make the packs of teams whose last shift is about to end. Called by the worker's loop."""
    now = clock.now()
    for relay in Relay.objects.select_related("from_team", "to_team"):
        if is_due(relay, now):
            relay_on(relay, by=None)


@action("escalation.escalate_if_due", permission="escalation.settings")
def escalate_if_due(ticket: Ticket, *, by: Any) -> Escalation | None:
    """Look again at one ticket under its lock, and ask the next level if it is still due."""
    ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update(of=("self",)))
    standing = follow(ticket, by=None)
    if standing is None or standing.next_level is None or standing.due_at is None or standing.due_at > clock.now():
        return None
    step = [level.pk for level in levels_of(standing.path)].index(standing.next_level.pk) + 1
    made = escalate_by_itself(ticket, standing.next_level, step=step, because=standing.because)
    if made is None:
        # Nobody there: said once, not at every round. What happens to the ticket or its path next sets it anew.
        Standing.objects.filter(ticket=ticket).update(due_at=None)
    return made


@action("escalation.news_late", permission="escalation.settings")
def say_news_is_late(ticket: Ticket, *, by: Any) -> None:
    """Note, once, that promised news did not come."""
    ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update(of=("self",)))
    due = NewsClock.objects.filter(ticket=ticket, told_late_at__isnull=True, due_at__lte=clock.now()).first()
    if due is None:
        return
    due.told_late_at = clock.now()
    due.save(update_fields=["told_late_at"])
    record(ticket, NewsLate, by=by, due_at=due.due_at.isoformat())


@action("escalation.hand_over_late", permission="escalation.settings")
def say_hand_over_is_late(handed: HandOver, *, by: Any) -> None:
    """Note, once, that nobody has accepted a hand-over in time."""
    handed.refresh_from_db(from_queryset=HandOver.objects.select_for_update(of=("self",)))
    if handed.accepted_at is not None or handed.told_late_at is not None:
        return
    handed.told_late_at = clock.now()
    handed.save(update_fields=["told_late_at"])
    record(handed.to_team, HandOverLate, by=by, hand_over=handed.pk)
