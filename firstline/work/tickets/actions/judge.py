"""Where a priority comes from: its inputs, weighed by whoever knows how (flow/triage plugs in here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.work.tickets.engine.priority import priority_from
from firstline.work.tickets.events import TicketPrioritised
from firstline.work.tickets.models import Ticket

from ._change import change, lock, must_be_live

Judgement = tuple[int, dict[str, Any]]  # the priority, and why: ids and values, never sentences
_judge: list[Callable[[Ticket], Judgement]] = []


def plug_in_judge(judge: Callable[[Ticket], Judgement]) -> None:
    """flow/triage weighs more than impact and urgency. The reason it gives names its "rule"."""
    _judge[:] = [judge]


def judged(ticket: Ticket) -> Judgement:
    """The priority that follows from the ticket's inputs as they stand in memory."""
    if _judge:
        return _judge[0](ticket)
    reason = {"rule": "matrix", "impact": ticket.impact, "urgency": ticket.urgency}
    return priority_from(ticket.impact, ticket.urgency), reason


@action("ticket.judge", permission="ticket.edit")
def judge(ticket: Ticket, *, by: Any) -> Ticket:
    """Give the priority back to the matrix: it follows from its inputs again."""
    lock(ticket)
    must_be_live(ticket)
    set_priority(ticket, *judged(ticket), by=by)
    return ticket


def judge_again(ticket: Ticket, *, by: Any) -> None:
    """An input has changed. What somebody set by hand stays. The ticket is locked already."""
    if ticket.priority_reason.get("rule") != "override" and not ticket.is_being_sorted:
        set_priority(ticket, *judged(ticket), by=by)


def set_priority(ticket: Ticket, priority: int, reason: dict[str, Any], *, by: Any) -> None:
    """Write it with its reason; it is told only when it is another one. The ticket is locked already."""
    before = ticket.priority
    if (before, ticket.priority_reason) == (priority, reason):
        return
    change(ticket, priority=priority, priority_reason=reason)
    if before != priority:
        record(ticket, TicketPrioritised, by=by, **{"from": before, "to": priority}, reason=reason.get("reason", ""))
