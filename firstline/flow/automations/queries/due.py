"""Where time sets something off: the tickets on which a moment has come that had not come when it was published.

Nothing is kept per ticket: "two hours after" is one comparison with a moment, and in working time that moment is the
present taken back by the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, DateTimeField, Exists, F, Max, Model, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from firstline.core.calendars.engine.days import shift
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.reading import house_time
from firstline.core.conditions import ConditionError, Context, from_json, to_q
from firstline.core.events.models import Event
from firstline.flow.automations.models import Firing
from firstline.work.conversations.models import Message, Visibility
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket

COLUMNS = {
    "created": "created_at", "updated": "updated_at", "due": "due_at", "deadline": "next_due_at",
    "resolved": "resolved_at", "closed": "closed_at",
}  # fmt: skip
CUSTOM = "custom."


def due(
    time: Mapping[str, Any],
    condition: Mapping[str, Any],
    *,
    since: datetime | None,
    now: datetime,
    teams: frozenset[int] = frozenset(),
    seen: QuerySet[Ticket] | None = None,
) -> QuerySet[Ticket]:
    """The tickets whose moment, counted as `time` says, lies after `since` and has come by `now`.

    Each carries `counted_from`, the moment or the day. Raises ConditionError for a condition that makes no sense now.
    """
    last = counted_back(time, now)
    first = counted_back(time, since) if since is not None else None
    found = (Ticket.objects.all() if seen is None else seen).filter(merged_into__isnull=True)
    found = found.filter(to_q(from_json(dict(condition)), catalogue, Context(trusted=True)))
    if teams:
        found = found.filter(team__in=teams)
    of = f"{time.get('of', '')}"
    if of.startswith(CUSTOM):
        found = found.annotate(counted_from=Cast(KeyTextTransform(of.removeprefix(CUSTOM), "custom"), CharField()))
        found = found.filter(counted_from__lte=last.date().isoformat())
        return found.filter(counted_from__gt=first.date().isoformat()) if first is not None else found
    if of in COLUMNS:
        found = found.annotate(counted_from=F(COLUMNS[of]))
        between = {f"{COLUMNS[of]}__lte": last} | ({f"{COLUMNS[of]}__gt": first} if first is not None else {})
        return found.filter(**between)
    found = found.annotate(counted_from=_worked_out(of)).filter(counted_from__lte=last)
    return found.filter(counted_from__gt=first) if first is not None else found


def not_yet_fired(tickets: QuerySet[Ticket], automation: int, *, of: str) -> QuerySet[Ticket]:
    """Those on which it has not been set off by that moment already."""
    fired = Firing.objects.filter(automation=automation, ticket=OuterRef("pk"), event__isnull=True)
    column = "since_day" if of.startswith(CUSTOM) else "since"
    return tickets.filter(~Exists(fired.filter(**{column: OuterRef("counted_from")})))


def counted_back(time: Mapping[str, Any], now: datetime) -> datetime:
    """The moment from which it is counted, where the end of the stretch is now."""
    amount = max(0, int(time.get("amount") or 0)) * (-1 if time.get("side") == "before" else 1)
    match time.get("unit"):
        case "minutes":
            return now - timedelta(minutes=amount)
        case "hours":
            return now - timedelta(hours=amount)
        case "working_hours":
            return _worked(now, timedelta(hours=amount))
        case "working_days":
            try:
                return shift(house_time(), now, -amount)
            except CalendarWrong:
                return now - timedelta(days=amount)
    return now - timedelta(days=amount)


def _worked(now: datetime, span: timedelta) -> datetime:
    working = house_time()
    try:
        return working.subtract(now, span) if span >= timedelta(0) else working.add(now, -span)
    except CalendarWrong:
        return now - span


def _worked_out(of: str) -> Any:
    if of == "status":
        # What was opened into its status has no event that says so.
        changed = Event.objects.filter(
            subject_noun="ticket", subject_id=OuterRef("pk"), kind__in=("ticket.status_changed", "ticket.opened")
        )
        return _latest(changed, "at", "subject_id")
    said = Message.objects.filter(
        ticket=OuterRef("pk"), visibility=Visibility.PUBLIC, is_from_desk=of == "desk_replied", author__isnull=False
    )
    return _latest(said, "created_at", "ticket")


def _latest(rows: QuerySet[Any], column: str, of: str) -> Subquery:
    latest: QuerySet[Model, Any] = rows.order_by().values(of).annotate(latest=Max(column)).values("latest")
    return Subquery(latest, output_field=DateTimeField())


__all__ = ["COLUMNS", "CUSTOM", "ConditionError", "counted_back", "due", "not_yet_fired"]
