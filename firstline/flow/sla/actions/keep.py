"""Write down how the clocks of a ticket stand, computed from its history. Called within the action that changed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from firstline.core import clock as time
from firstline.core.actions import action, held
from firstline.core.database.prepared import Prepared
from firstline.flow.sla.engine.clocks import Round, State, rounds
from firstline.flow.sla.engine.history import Fact
from firstline.flow.sla.models import BREACH, Clock
from firstline.flow.sla.queries import Book, Terms, book, facts_of
from firstline.work.tickets.actions._change import was_opened_just_now
from firstline.work.tickets.models import NextDue, Ticket

NAMES = (
    "agreement_id", "audience", "measure", "round", "state", "target_seconds", "counted_seconds", "is_round_the_clock",
    "started_at", "runs_since", "due_at", "ended_at", "is_late", "rung", "rings_at",
)  # fmt: skip


@action("sla.rebuild", permission="sla.edit")
def rebuild(tickets: Iterable[Ticket], *, by: Any) -> int:
    """Compute the clocks of these tickets anew from their history; returns how many were wrong."""
    return keep_all(list(tickets), book(), quiet=True)


def keep(ticket: Ticket) -> None:
    """After something happened to a ticket."""
    keep_all([ticket], book())


_clocks_of_one = Prepared(lambda ticket: Clock.objects.filter(ticket=ticket), int)


def keep_all(tickets: list[Ticket], agreements: Book, *, quiet: bool = False) -> int:
    """Compute, compare with what is kept, write what differs: a few queries for any number of tickets, and the writes.

    `quiet`: a clock that is new here does not ring for what has passed already. Otherwise a new agreement, or an
    import, would raise an alarm for every old ticket.
    """
    now = time.now()
    agreed = {ticket.pk: agreements.for_ticket(ticket) for ticket in tickets}
    with_promises = [ticket for ticket in tickets if agreed[ticket.pk]]
    facts = facts_of(with_promises, agreements.statuses) if with_promises else {}
    kept: dict[int, dict[tuple[str, str, int], Clock]] = {ticket.pk: {} for ticket in tickets}
    for row in _kept_of(tickets):
        kept[row.ticket_id][row.audience, row.measure, row.round] = row
    new: list[Clock] = []
    changed: list[Clock] = []
    gone: list[int] = []
    for ticket in tickets:
        before = kept[ticket.pk]
        wanted = _clocks(ticket, agreed[ticket.pk], facts.get(ticket.pk, []), before, now, quiet=quiet)
        for place, one in wanted.items():
            old = before.pop(place, None)
            if old is None:
                new.append(one)
            elif any(getattr(old, name) != getattr(one, name) for name in NAMES):
                one.pk = old.pk
                changed.append(one)
        gone += [old.pk for old in before.values()]
        _note_what_is_next(ticket, list(wanted.values()))
    if gone:
        Clock.objects.filter(pk__in=gone).delete()
    if new:
        Clock.objects.bulk_create(new)
    for one in changed:
        one.save(force_update=True)
    return len(new) + len(changed) + len(gone)


def _kept_of(tickets: list[Ticket]) -> Iterable[Clock]:
    if len(tickets) != 1:
        return Clock.objects.filter(ticket__in=tickets)
    ticket = tickets[0]
    is_first_look = ("sla", ticket.pk) not in held()
    held()["sla", ticket.pk] = True
    return () if is_first_look and was_opened_just_now(ticket) else _clocks_of_one(ticket.pk)


def _clocks(
    ticket: Ticket,
    agreed: list[Terms],
    facts: list[Fact],
    before: dict[tuple[str, str, int], Clock],
    now: datetime,
    *,
    quiet: bool,
) -> dict[tuple[str, str, int], Clock]:
    found = {}
    for terms in agreed:
        for promise in terms.promises(ticket.priority):
            for one in rounds(facts, promise):
                place = (str(terms.agreement.audience), str(promise.measure), one.number)
                found[place] = _clock(ticket, terms, one, before.get(place), now, quiet=quiet)
    return found


def _clock(ticket: Ticket, terms: Terms, one: Round, before: Clock | None, now: datetime, *, quiet: bool) -> Clock:
    seconds = one.counted.total_seconds()
    made = Clock(
        ticket=ticket,
        agreement=terms.agreement,
        audience=terms.agreement.audience,
        measure=one.promise.measure,
        round=one.number,
        state=one.state,
        target_seconds=int(one.amount.total_seconds()),
        counted_seconds=int(seconds),
        is_round_the_clock=one.promise.working is not terms.working,
        started_at=one.start,
        runs_since=one.runs_since,
        due_at=one.due,
        ended_at=one.end,
    )
    used = 100 * one.counted_until(now) / one.amount
    if before is None:
        made.rung = _rung_at(terms, used) if quiet else 0
    else:  # a deadline that moved away may ring again: it is another one
        made.rung = before.rung if one.end else min(before.rung, _rung_at(terms, used))
    if one.state is State.RUNNING:
        made.rings_at = next_ring(one.moment_of, terms, made.rung)
    made.is_late = one.counted > one.amount if one.end else made.rung >= BREACH
    return made


def next_ring(moment_of: Any, terms: Terms, rung: int) -> datetime | None:
    """When the next share rings that has not rung."""
    for share in shares(terms):
        if share > rung:
            moment: datetime | None = moment_of(share / 100)
            return moment
    return None


def shares(terms: Terms) -> list[int]:
    return sorted({*(int(share) for share in terms.agreement.warn_at), BREACH})


def _rung_at(terms: Terms, used: float) -> int:
    return max((share for share in shares(terms) if share <= used), default=0)


def _note_what_is_next(ticket: Ticket, clocks: list[Clock]) -> None:
    """The ticket itself knows what is due next, so that queues sort by one column."""
    due: datetime | None = None
    what = ""
    if ticket.is_unsolved:
        running = [(one.due_at, one.measure) for one in clocks if one.state == State.RUNNING and one.due_at]
        if ticket.due_at:
            running.append((ticket.due_at, NextDue.DATE))
        if running:
            due, what = min(running)
        elif any(one.state == State.PAUSED for one in clocks):
            what = NextDue.PAUSED
    if (ticket.next_due_at, ticket.next_due) != (due, what):
        ticket.next_due_at, ticket.next_due = due, what
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due, next_due=what)
