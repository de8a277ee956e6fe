"""What is known of a change before it is made: whom it touches, what else happens then, how such changes went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from firstline.core import clock
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.models import Calendar, Day
from firstline.core.conditions import ConditionError, from_json, to_q
from firstline.core.fields import Context
from firstline.flow.workflows.engine.impact import Facts
from firstline.flow.workflows.models import Change, Run, Step
from firstline.flow.workflows.rules import working_time
from firstline.people.accounts.models import Person
from firstline.work.catalog.fields import people
from firstline.work.catalog.models import Offering
from firstline.work.tickets.models import Filing, Ticket

from .items import names_of, parted

ASKED_WITHIN, LEARNT_FROM = timedelta(days=90), timedelta(days=365)
MOST_AROUND, MOST_OVERLAPS, DEEPEST = 500, 50, 10
BACKED_OUT = "backed_out"  # how the step that carries a change out is answered


@dataclass(frozen=True, slots=True)
class Found:
    """The facts that are weighed, and what is shown beside them."""

    facts: Facts
    touches: list[str]
    services: list[dict[str, Any]]  # name, users, asked, is_named
    overlaps: list[dict[str, Any]]  # ticket, shared


def look(
    ticket: Ticket, items: Iterable[str], begins: datetime, ends: datetime, *, kind: str = "", back_out: str = ""
) -> Found:
    named = list(dict.fromkeys(items))
    services, dependents = _services(named)
    touches = [*named, *(f"service:{each.key}" for each in dependents)]
    overlaps = _overlaps(ticket, touches, begins, ends)
    ended, backed_out = _history(kind)
    marks = [each.impact for each in [*services, *dependents] if each.impact is not None]
    facts = Facts(
        users=_users([*services, *dependents], named), criticality=min(marks, default=None),
        dependents=[each.name for each in dependents], back_out=back_out, kind=kind, ended=ended,
        backed_out=backed_out, working_share=_working_share(begins, ends), closed_days=_closed_days(begins, ends),
        shared=[each["ticket"] for each in overlaps if each["shared"]],
        beside=[each["ticket"] for each in overlaps if not each["shared"]],
    )  # fmt: skip
    shown = [_shown(each, is_named=True) for each in services] + [_shown(each, is_named=False) for each in dependents]
    return Found(facts, touches, shown, overlaps)


def _services(named: Collection[str]) -> tuple[list[Offering], list[Offering]]:
    """Those that are named, and those that work only with one of them, however far away."""
    keys = {key for kind, key in map(parted, named) if kind == "service"}
    if not keys:
        return [], []
    known = {each.key: each for each in Offering.objects.exclude(state=Offering.State.RETIRED)}
    chosen = [known[key] for key in sorted(keys) if key in known]
    reached, dependents = set(keys), []
    for _turn in range(DEEPEST):
        more = [each for each in known.values() if each.key not in reached and reached & set(each.depends_on)]
        if not more:
            break
        dependents += more
        reached |= {each.key for each in more}
    return chosen, dependents


def _shown(service: Offering, *, is_named: bool) -> dict[str, Any]:
    since = clock.now() - ASKED_WITHIN
    asked = Filing.objects.filter(offering=service, ticket__created_at__gte=since).values("ticket__requester")
    users = _audience(service).count()
    return {"name": service.name, "users": users, "asked": asked.distinct().count(), "is_named": is_named}


def _audience(service: Offering) -> QuerySet[Person]:
    """Who may ask for it: whom an interruption reaches."""
    active = Person.objects.filter(is_active=True)
    if not service.audience:
        return active
    try:
        asked = to_q(from_json(service.audience), people, Context(trusted=True))
    except ConditionError:
        return active.none()
    return active.filter(asked).distinct()


def _users(services: Iterable[Offering], named: Iterable[str]) -> int | None:
    """How many people: each once, however many of the services they use. None if nothing says it."""
    reached: list[Q] = [Q(pk__in=_audience(each).values("pk")) for each in services]
    for reference in named:
        kind, key = parted(reference)
        if kind in {"department", "organisation"} and key.isdecimal():
            reached.append(Q(**{f"membership__{kind}": int(key)}))
    if not reached:
        return None
    which = Q()
    for each in reached:
        which |= each
    return Person.objects.filter(which, is_active=True).distinct().count()


def _overlaps(ticket: Ticket, touches: Collection[str], begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Changes under way whose window meets this one; those that touch the same first, with what they share."""
    this = Change(ticket=ticket, begins_at=begins, ends_at=ends, touches=list(touches))
    return next(iter(meeting([this], is_new=True)))


def meeting(changes: Sequence[Change], *, is_new: bool = False) -> list[list[dict[str, Any]]]:
    """For each the changes under way that it meets now; for one that is over, those it met when it was assessed. Two
    queries, however many."""
    open_runs = set(
        Run.objects.filter(pk__in=[each.run_id for each in changes], is_open=True).values_list("pk", flat=True)
    )
    asked = [each for each in changes if is_new or each.run_id in open_runs]
    others: list[Change] = []
    if asked:
        first, last = min(each.begins_at for each in asked), max(each.ends_at for each in asked)
        around = Change.objects.filter(begins_at__lt=last, ends_at__gt=first, run__is_open=True, run__is_sample=False)
        others = list(around.order_by("begins_at", "id")[:MOST_AROUND])
    names = names_of({touched for other in others for touched in other.touches})
    return [_met(each, others, names) if each in asked else each.report["overlaps"] for each in changes]


def _met(change: Change, others: Iterable[Change], names: Mapping[str, str]) -> list[dict[str, Any]]:
    mine = {each.casefold() for each in change.touches}
    found = [
        {"ticket": other.ticket_id, "shared": sorted(names[each] for each in other.touches if each.casefold() in mine)}
        for other in others
        if other.ticket_id != change.ticket_id and other.begins_at < change.ends_at and other.ends_at > change.begins_at
    ]
    return sorted(found, key=lambda each: not each["shared"])[:MOST_OVERLAPS]


def _history(kind: str) -> tuple[int, int]:
    """How many changes of this kind were carried out within a year, and how many of them had to be backed out."""
    since = clock.now() - LEARNT_FROM
    ended = Change.objects.filter(kind=kind, run__is_sample=False, run__outcome="done", run__ended_at__gte=since)
    taken_back = ended.filter(Exists(Step.objects.filter(run=OuterRef("run"), outcome=BACKED_OUT)))
    return ended.count(), taken_back.count()


def _working_share(begins: datetime, ends: datetime) -> float | None:
    if not Calendar.objects.filter(is_active=True).exists():
        return None
    try:
        worked = working_time().between(begins, ends)
    except CalendarWrong:
        return 0.0
    return worked / (ends - begins)


def _closed_days(begins: datetime, ends: datetime) -> list[str]:
    calendar = Calendar.objects.filter(is_active=True).order_by("pk").first()
    if calendar is None:
        return []
    working = working_time()
    first, last = working.local(begins).date(), working.local(ends).date()
    closed = Day.objects.filter(calendar=calendar, day__range=(first, last), hours=[])
    return sorted({day.name or day.day.isoformat() for day in closed})
