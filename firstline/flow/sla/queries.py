"""What clocks need to know: the agreements, and what has happened to tickets."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Value

from firstline.core import clock
from firstline.core.actions import Mark
from firstline.core.calendars.engine.working import WorkingTime
from firstline.core.calendars.reading import always, working_times
from firstline.core.conditions import ConditionError, Context, from_json, prepare
from firstline.core.conditions.asking import Prepared as PreparedCondition
from firstline.core.database.prepared import Prepared
from firstline.core.events import names
from firstline.core.events.models import Event
from firstline.work.conversations.events import Replied
from firstline.work.tickets.events import (
    TicketConverted,
    TicketMerged,
    TicketOpened,
    TicketPrioritised,
    TicketStatusChanged,
    TicketUnmerged,
)
from firstline.work.tickets.fields import catalogue, words_read_once
from firstline.work.tickets.models import Status, Ticket

from .engine import clocks
from .engine.history import Fact, What
from .models import Agreement, Clock, Target

TELLING = (TicketOpened, TicketStatusChanged, TicketConverted, TicketMerged, TicketUnmerged, TicketPrioritised, Replied)
FRESH = 5.0  # seconds that a condition stays prepared: "today" and the members of a team may change meanwhile


@dataclass(slots=True)
class Terms:
    """An agreement ready to be asked: its condition, its promises by priority."""

    agreement: Agreement
    condition: PreparedCondition | None
    targets: dict[int, list[Target]]
    working: WorkingTime
    runs_on: frozenset[int]
    trouble: str = ""

    def fits(self, ticket: Ticket) -> bool:
        return not self.trouble and (self.condition is None or self.condition.matches(ticket))

    def working_for(self, *, round_the_clock: bool) -> WorkingTime:
        return always() if round_the_clock else self.working

    def promises(self, priority: int) -> list[clocks.Promise]:
        return [
            clocks.Promise(
                clocks.Measure(target.measure),
                target.amount,
                self.working_for(round_the_clock=target.is_round_the_clock),
                pauses=self.agreement.pauses,
                runs_on=self.runs_on,
            )
            for target in self.targets.get(priority, ())
        ]


@dataclass(slots=True)
class Book:
    """All agreements in force, in their order."""

    terms: list[Terms] = field(default_factory=list)
    statuses: dict[int, str] = field(default_factory=dict)  # their types

    def for_ticket(self, ticket: Ticket) -> list[Terms]:
        """The first that fits, of each audience."""
        found: dict[str, Terms] = {}
        with words_read_once():
            for terms in self.terms:
                if terms.agreement.audience not in found and terms.fits(ticket):
                    found[terms.agreement.audience] = terms
        return list(found.values())

    def of(self, agreement: int) -> Terms | None:
        return next((terms for terms in self.terms if terms.agreement.pk == agreement), None)


_kept: list[tuple[tuple[int, int], float, Book]] = []
_lock = threading.Lock()


def _latest(field: str) -> Mark:
    return Mark(lambda: Agreement.objects.order_by().values(all=Value(1)).annotate(latest=Max(field)).values("latest"))


_own, _calendars = _latest("version"), _latest("calendar__version")


def book() -> Book:
    """The agreements as they are now: one small query while nobody changes them."""
    versions = (_own() or 0, _calendars() or 0)
    kept = _kept[-1] if _kept else None
    if kept and kept[0] == versions and time.monotonic() < kept[1] + FRESH:
        return kept[2]
    found = _read()
    with _lock:
        _kept[:] = [(versions, time.monotonic(), found)]
    return found


def forget() -> None:
    """Read the agreements anew the next time: tests turn the database back under us."""
    _kept.clear()


def _read() -> Book:
    agreements = list(
        Agreement.objects.filter(is_active=True)
        .select_related("calendar")
        .prefetch_related("targets", "runs_on")
        .order_by("audience", "position", "id")
    )
    working = working_times([each.calendar for each in agreements if each.calendar])
    return Book(
        [_terms(agreement, working) for agreement in agreements],
        dict(Status.objects.values_list("pk", "type")) if agreements else {},
    )


def _terms(agreement: Agreement, working: dict[int, WorkingTime]) -> Terms:
    targets: dict[int, list[Target]] = defaultdict(list)
    for target in agreement.targets.all():
        targets[target.priority].append(target)
    condition, trouble = None, ""
    if agreement.condition:
        try:
            condition = prepare(from_json(agreement.condition), catalogue, Context(trusted=True))
        except ConditionError as error:  # a field it asks for is gone: it fits nothing, and its page says so
            trouble = str(error)
    return Terms(
        agreement,
        condition,
        dict(targets),
        working[agreement.calendar_id] if agreement.calendar_id else always(),
        frozenset(status.pk for status in agreement.runs_on.all()),
        trouble,
    )


def facts_of(tickets: Iterable[Ticket], statuses: dict[int, str]) -> dict[int, list[Fact]]:
    """What has happened to these tickets, as clocks see it: one query."""
    wanted = {ticket.pk: ticket for ticket in tickets}
    found: dict[int, list[Fact]] = {pk: [] for pk in wanted}
    rows = (
        Event.objects.filter(
            subject_noun="ticket", subject_id__in=list(wanted), kind__in=[kind.key for kind in TELLING]
        )
        .order_by("subject_id", "id")
        .values_list("id", "subject_id", "kind", "actor_id", "at", "facts")
    )
    for row in rows:
        fact = _fact(row, statuses, found[row[1]])
        if fact is not None:
            found[row[1]].append(fact)
    for pk, facts in found.items():
        if not any(fact.what is What.OPENED for fact in facts):
            facts.insert(0, Fact(wanted[pk].created_at, What.OPENED, "new"))
    return found


def _fact(row: Any, statuses: dict[int, str], before: list[Fact]) -> Fact | None:
    event, _ticket, kind, actor, at, facts = row
    match kind:
        case TicketOpened.key:
            return Fact(at, What.OPENED, "new", by=actor, event=event)
        case TicketStatusChanged.key:
            state = facts.get("type") or statuses.get(facts.get("to"), "open")
            return Fact(at, What.STATE, state, facts.get("to"), actor, event)
        case TicketMerged.key:
            return Fact(at, What.STATE, "closed", by=actor, event=event)
        case TicketUnmerged.key:
            stood = [fact for fact in before if fact.what is What.STATE]
            earlier = stood[-2] if len(stood) > 1 else None
            return Fact(at, What.STATE, earlier.state if earlier else "new", None, actor, event)
        case TicketConverted.key:
            status = facts.get("status_to")
            return Fact(at, What.STATE, statuses.get(status, "open"), status, actor, event) if status else None
        case TicketPrioritised.key:
            return Fact(at, What.PRIORITY, by=actor, event=event, value=facts.get("to"))
        case Replied.key:
            if facts.get("is_automatic"):  # what no person has written is no answer
                return None
            return Fact(at, What.ANSWERED if facts.get("from_desk") else What.ASKED, by=actor, event=event)
    return None


_clocks = Prepared(
    lambda ticket: Clock.objects.filter(ticket=ticket).select_related("agreement").order_by("round"), int
)


def clocks_of(ticket: Ticket) -> list[Clock]:
    """The clocks of a ticket that matter now: the last round of each, those that run first."""
    latest: dict[tuple[str, str], Clock] = {}
    for each in _clocks(ticket.pk):
        latest[each.audience, each.measure] = each
    order = {Clock.State.RUNNING: 0, Clock.State.PAUSED: 1, Clock.State.MET: 2, Clock.State.STOPPED: 3}
    far = timedelta(days=36500)
    return sorted(
        latest.values(),
        key=lambda one: (one.audience, order[Clock.State(one.state)], (one.due_at or one.started_at + far)),
    )


def seconds_left(one: Clock, now: datetime) -> int | None:
    """Working seconds left, negative when late; None for a clock that has come to its end."""
    if one.state in {Clock.State.MET, Clock.State.STOPPED}:
        return None
    counted = one.counted
    if one.runs_since and (terms := book().of(one.agreement_id)):
        working = terms.working_for(round_the_clock=one.is_round_the_clock)
        counted += working.between(one.runs_since, max(now, one.runs_since))
    return int((one.target - counted).total_seconds())


def share_used_at(ticket: Ticket, measure: str, share: float) -> datetime | None:
    """When this share (1.0 is all) of what was promised to the requester is used up, if the clock goes on as it does.

    None if nothing is promised, the clock has come to its end or stands still. Computed from what has happened, not
    read from the clocks: within the change that moves them, these may not have been written yet.
    """
    agreements = book()
    facts: list[Fact] | None = None
    for terms in agreements.for_ticket(ticket):
        if terms.agreement.audience != Agreement.Audience.CUSTOMER:
            continue
        for promise in terms.promises(ticket.priority):
            if promise.measure == measure:
                if facts is None:
                    facts = facts_of([ticket], agreements.statuses)[ticket.pk]
                found = clocks.rounds(facts, promise)
                return found[-1].moment_of(share) if found else None
    return None


def hours_for(ticket: Ticket) -> WorkingTime | None:
    """The hours that were agreed on for a ticket; None where nothing says them."""
    for terms in book().for_ticket(ticket):
        if terms.agreement.audience == Agreement.Audience.CUSTOMER and terms.agreement.calendar_id:
            return terms.working
    return None


names.register("agreement", lambda ids: dict(Agreement.objects.filter(pk__in=list(ids)).values_list("pk", "name")))


@dataclass(frozen=True, slots=True)
class Results:
    """How an agreement was kept: promises that came to their end, and what became of the tickets."""

    ended: int = 0
    late: int = 0
    solved: int = 0
    reopened: int = 0
    asked: int = 0
    satisfied: int = 0

    @property
    def kept_percent(self) -> int | None:
        return round(100 * (self.ended - self.late) / self.ended) if self.ended else None

    @property
    def reopened_percent(self) -> int | None:
        return round(100 * self.reopened / self.solved) if self.solved else None

    @property
    def satisfied_percent(self) -> int | None:
        return round(100 * self.satisfied / self.asked) if self.asked else None


def results(days: int = 30) -> dict[int, Results]:
    """By agreement, of the last days: two queries."""
    since = clock.now() - timedelta(days=days)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    over = Q(ended_at__gte=since) | Q(ended_at=None, is_late=True, due_at__gte=since)
    for row in (
        Clock.objects.filter(over)
        .values("agreement")
        .annotate(ended=Count("pk"), late=Count("pk", filter=Q(is_late=True)))
    ):
        found[row["agreement"]] |= {"ended": row["ended"], "late": row["late"]}
    tickets = Clock.objects.filter(round=0, ticket__resolved_at__gte=since).values("agreement", "ticket").distinct()
    for solved in tickets.values("agreement").annotate(
        solved=Count("ticket", distinct=True),
        reopened=Count("ticket", distinct=True, filter=Q(ticket__reopen_count__gt=0)),
        asked=Count("ticket__confirmations", distinct=True),
        satisfied=Count("ticket__confirmations", distinct=True, filter=Q(ticket__confirmations__is_solved=True)),
    ):
        found[solved["agreement"]] |= {
            "solved": solved["solved"],
            "reopened": solved["reopened"],
            "asked": solved["asked"],
            "satisfied": solved["satisfied"],
        }
    return {agreement: Results(**numbers) for agreement, numbers in found.items()}
