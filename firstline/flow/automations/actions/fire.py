"""Setting automations off.

All that happens to a ticket in one outermost change is gathered, and looked at once, last in that change and in its
transaction. Which automations are woken, in their order; which conditions hold is judged for all of them on the ticket
as it stands then, before any of them does anything; then each that holds does what it does, whole or not at all. What
they change is gathered again, for the next round: so one can wake another, and a circle is seen and cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action, at_the_end, held, via
from firstline.core.actions.acting import circumstances
from firstline.core.conditions import ConditionError
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.flow.automations.events import AutomationFailed, AutomationFired, LoopCut
from firstline.flow.automations.fields import LISTENED, TIME, wakes
from firstline.flow.automations.models import Automation, Firing
from firstline.flow.automations.queries.book import Compiled, contents
from firstline.flow.automations.queries.deeds import differences
from firstline.flow.automations.queries.due import CUSTOM, due, not_yet_fired
from firstline.work.tickets.actions._change import lock
from firstline.work.tickets.fields import words_read_once
from firstline.work.tickets.models import Ticket

from ._deeds import do

KEY = "automations"
DEEPEST = 5  # how many rounds one first cause may lead to
AGAIN = gettext_noop("It was set off on this ticket already, by the same first cause.")
TOO_DEEP = gettext_noop("One automation had set off the next %(n)d times.")
TROUBLES = (Refused, NotAllowed, LookupError, TypeError, ValueError, ObjectDoesNotExist, IntegrityError, DataError)


@dataclass(eq=False)
class Gathered:
    """What has happened to which tickets since the last round."""

    tickets: dict[int, Ticket] = field(default_factory=dict)
    events: dict[int, list[Event]] = field(default_factory=dict)

    def add(self, event: Event, ticket: Ticket) -> None:
        self.tickets[ticket.pk] = ticket
        self.events.setdefault(ticket.pk, []).append(event)


def hear(event: Event, ticket: Any) -> None:
    """Remember it until the end of the change."""
    if event.kind not in LISTENED or event.via == "import":
        return
    _gathering().add(event, ticket)


def _gathering() -> Gathered:
    gathered = held().get(KEY)
    if not isinstance(gathered, Gathered):
        gathered = held()[KEY] = Gathered()
        at_the_end((KEY, id(gathered)), partial(_round, gathered))
    return gathered


def _round(gathered: Gathered) -> None:
    if held().get(KEY) is gathered:
        del held()[KEY]  # what happens from here on is the next round
    book = contents()
    if not book.automations:
        return
    for number, events in gathered.events.items():
        woken = [
            (each, found[0], found[1])
            for each in book.automations
            if (found := _first(each, events)) is not None
        ]  # fmt: skip
        if woken:
            _look(gathered.tickets[number], woken)


def _first(automation: Compiled, events: list[Event]) -> tuple[Event, str] | None:
    """The first of these events that is an occasion for it."""
    for event in events:
        when = wakes(automation.whens, event.kind, event.facts)
        if when:
            return event, when
    return None


def _look(ticket: Ticket, woken: list[tuple[Compiled, Event, str]]) -> None:
    lock(ticket)
    if ticket.merged_into_id is not None:
        return
    with words_read_once():
        holding = [(each, event, when) for each, event, when in woken if each.holds(ticket)]
    if not holding:
        return
    # A step that was taken back took its events with it; what only they woke is not set off.
    happened = set(
        Event.objects.filter(
            pk__in={event.pk for _each, event, _when in holding}, subject_noun="ticket", subject_id=ticket.pk
        ).values_list("pk", "kind")
    )
    for each, event, when in holding:
        if (event.pk, event.kind) in happened:
            with via("rule", cause=event.pk, hops=event.hops + 1):
                _fire(each, ticket, when, event=event)


@dataclass(frozen=True, slots=True)
class _Since:
    """What time was counted from."""

    moment: datetime | None = None
    day: str = ""


def _fire(each: Compiled, ticket: Ticket, when: str, *, event: Event | None, since: _Since | None = None) -> Firing:
    now = circumstances()
    since = since or _Since()
    firing = Firing(
        automation_id=each.pk, version_id=each.version, ticket=ticket, when=when, event=event.pk if event else None,
        chain=now.correlation, depth=max(0, now.hops - 1), since=since.moment, since_day=since.day, at=clock.now(),
    )  # fmt: skip
    why = _why_cut(each, ticket, firing)
    if why:
        return _cut(firing, each, ticket, why) if differences(ticket, each.deeds) else firing
    gathered = _gathering()
    tickets, events = dict(gathered.tickets), {number: list(found) for number, found in gathered.events.items()}
    try:
        with transaction.atomic():
            firing.did = do(ticket, each.deeds, name=each.name, by=None)
    except TROUBLES as trouble:
        held().clear()  # what was read under a lock since then has been taken back with the rest
        gathered.tickets, gathered.events = tickets, events
        held()[KEY] = gathered
        lock(ticket)
        firing.outcome, firing.trouble = Firing.Outcome.FAILED, _sentence(trouble)
        firing.save()
        record(ticket, AutomationFailed, by=None, automation=each.pk, name=each.name, why=firing.trouble)
        return firing
    if not firing.did and event is not None:
        return firing  # everything was so already: nothing has happened, and nothing is said
    firing.outcome = Firing.Outcome.DONE if firing.did else Firing.Outcome.NOTHING
    firing.minutes = each.minutes if firing.did else 0
    firing.save()
    if firing.did:
        record(ticket, AutomationFired, by=None, automation=each.pk, name=each.name, firing=firing.pk)
    return firing


def _why_cut(each: Compiled, ticket: Ticket, firing: Firing) -> str:
    if firing.depth >= DEEPEST:
        return _(TOO_DEEP) % {"n": DEEPEST}
    earlier = Firing.objects.filter(
        ticket=ticket, automation=each.pk, chain=firing.chain, outcome=Firing.Outcome.DONE, depth__lt=firing.depth
    )
    return _(AGAIN) if firing.depth and earlier.exists() else ""


def _cut(firing: Firing, each: Compiled, ticket: Ticket, why: str) -> Firing:
    firing.outcome, firing.trouble = Firing.Outcome.CUT, why
    firing.save()
    record(ticket, LoopCut, by=None, automation=each.pk, name=each.name, why=why)
    return firing


def _sentence(trouble: Exception) -> str:
    return str(trouble)[:500] or type(trouble).__name__


# By time.

AT_ONCE = 100


def look_at_the_time() -> bool:
    """Set off what time sets off; whether there may be more at once."""
    more = False
    for each in contents().by_time:
        try:
            waiting = due(each.time, _condition(each), since=each.since, now=clock.now(), teams=each.teams)
        except ConditionError:
            continue
        waiting = not_yet_fired(waiting, each.pk, of=str(each.time.get("of", "")))
        found = list(waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        for number in found:
            fire_by_time(Ticket(pk=number), each.pk, by=None)
        more = more or len(found) == AT_ONCE
    return more


@action("automation.fire_by_time", permission="automation.edit")
def fire_by_time(ticket: Ticket, automation: int, *, by: Any) -> Firing | None:
    """Set an automation off on a ticket whose time has come; nothing if somebody was faster or it has moved on."""
    each = next((one for one in contents().by_time if one.pk == automation), None)
    ticket = Ticket.objects.get(pk=ticket.pk)
    lock(ticket)
    if each is None:
        return None
    of = str(each.time.get("of", ""))
    waiting = due(
        each.time, _condition(each), since=each.since, now=clock.now(), teams=each.teams,
        seen=Ticket.objects.filter(pk=ticket.pk),
    )  # fmt: skip
    still: Any = not_yet_fired(waiting, each.pk, of=of)
    found = still.values_list("counted_from", flat=True).first()
    if found is None:
        return None
    since = _Since(day=f"{found}") if of.startswith(CUSTOM) else _Since(moment=found)
    with via("rule", hops=1):
        return _fire(each, ticket, TIME, event=None, since=since)


def _condition(each: Compiled) -> dict[str, Any]:
    kept: dict[str, Any] = Automation.objects.get(pk=each.pk).live.condition  # type: ignore[union-attr]
    return kept
