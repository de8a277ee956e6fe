"""The links and addresses by which one person decides one thing; which tickets a rule is meant for; working time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.signing import BadSignature, Signer

from firstline.core import clock
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.engine.working import WorkingTime
from firstline.core.calendars.reading import house_time
from firstline.work.tickets.fields import holds_for
from firstline.work.tickets.models import Ticket

from .models import Approval, Seat

SALT = "approvals.decide"
VALID = timedelta(days=30)
_IN_TEXT = re.compile(r"(/decisions/)\d+-\d+-\d+\.[\w-]+")


def token_for(seat: Seat) -> str:
    """What a mail carries instead of a session: good for this seat while this person holds it, at most 30 days."""
    ends = int((clock.now() + VALID).timestamp())
    return Signer(salt=SALT, sep=".").sign(f"{seat.pk}-{seat.person_id}-{ends}")


def seat_of(token: str) -> Seat | None:
    """The seat a token was made for; None for what is not ours, too old, or passed on to somebody else."""
    try:
        seat, person, ends = map(int, Signer(salt=SALT, sep=".").unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    if ends < clock.now().timestamp():
        return None
    found = Seat.objects.select_related("person", "stage__approval__ticket").filter(pk=seat, person=person).first()
    return found if found is not None and found.person.is_active else None


def without_tokens(words: str) -> str:
    """A mail or an address as others may read it: whoever holds the link could decide in somebody else's place."""
    return _IN_TEXT.sub(r"\1…", words)


def fits(condition: str, ticket: Ticket) -> bool:
    """Whether it is meant for tickets like this one. What cannot be read fits: better asked once too often."""
    return holds_for(condition, ticket, if_unreadable=True)


def cost_of(ticket: Ticket, key: str) -> Decimal | None:
    """What the ticket says it costs, in the organisation's own field of that name; None if it does not say."""
    value = ticket.custom.get(key)
    if value in (None, "") or isinstance(value, bool):
        return None
    try:
        cost = Decimal(str(value))
    except InvalidOperation:
        return None
    return cost.quantize(Decimal("0.01")) if cost.is_finite() and 0 <= cost < Decimal(10) ** 10 else None


def working_time_of(approval: Approval) -> WorkingTime:
    """The hours in which people can be expected to decide: the approval's calendar, else the first in use."""
    return house_time(approval.calendar)


def hours_later(approval: Approval, hours: int, *, after: datetime | None = None) -> datetime:
    """So many working hours later; round the clock where a calendar has none."""
    start, amount = after or clock.now(), timedelta(hours=hours)
    try:
        return working_time_of(approval).add(start, amount)
    except CalendarWrong:
        return start + amount


def may_hold(person: Any, approval: Approval) -> bool:
    """Whether somebody may decide at all: they are here, and it is not their own request."""
    return bool(person.is_active) and person.pk != approval.requester_id
