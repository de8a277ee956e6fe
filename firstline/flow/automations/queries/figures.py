"""How often, how many hours, what that is worth; what never did anything, and what was never refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from firstline.core import clock
from firstline.core.events.models import Event
from firstline.flow.automations.fields import HOUR_COST, TIME, WHENS
from firstline.flow.automations.models import Automation, Firing, Macro, MacroUse

MONTHS = 6
DAYS = 30
FEWEST_TO_JUDGE = 5  # occasions, before "never refused" says anything


@dataclass(frozen=True, slots=True)
class Saved:
    """One automation or macro: what it did in each of the last months."""

    thing: Automation | Macro
    times: list[int]
    minutes: list[int]

    @property
    def hours(self) -> list[float]:
        return [round(each / 60, 1) for each in self.minutes]

    @property
    def all_hours(self) -> float:
        return round(sum(self.minutes) / 60, 1)

    @property
    def cost(self) -> int:
        return worth(sum(self.minutes))


@dataclass(slots=True)
class Lately:
    """One automation in the last 30 days."""

    fired: int = 0
    failed: int = 0
    cut: int = 0
    woken: int = 0
    minutes_this_month: int = 0
    last: datetime | None = None
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def hours_this_month(self) -> float:
        return round(self.minutes_this_month / 60, 1)

    @property
    def never_refused(self) -> bool:
        """Its condition has let everything through: perhaps it says nothing."""
        return self.woken >= FEWEST_TO_JUDGE and self.fired + self.failed + self.cut >= self.woken


def worth(minutes: int) -> int:
    """What so much work costs; 0 where nobody has said what an hour costs."""
    return round(minutes / 60 * HOUR_COST.get())


def months() -> list[date]:
    """The first days of the last months, the oldest first; the current one is the last."""
    day = clock.now().astimezone(timezone.get_current_timezone()).date().replace(day=1)
    found = [day]
    while len(found) < MONTHS:
        day = (day - timedelta(days=1)).replace(day=1)
        found.append(day)
    return found[::-1]


def saved_by_automations(automations: Iterable[Automation] | None = None) -> list[Saved]:
    things = list(automations if automations is not None else Automation.objects.all())
    rows = Firing.objects.filter(outcome=Firing.Outcome.DONE, automation__in=things)
    return _saved(things, rows, "automation_id")


def saved_by_macros() -> list[Saved]:
    things = list(Macro.objects.all())
    return _saved(things, MacroUse.objects.filter(macro__in=things), "macro_id")


def lately() -> dict[int, Lately]:
    """By automation. A handful of queries, however many there are."""
    now = clock.now()
    since, month = now - timedelta(days=DAYS), months()[-1]
    found: dict[int, Lately] = defaultdict(Lately)
    counted = Firing.objects.filter(at__gte=since).values_list("automation", "outcome")
    for number, outcome, times in counted.annotate(times=Count("id")).order_by():
        found[number].outcomes[outcome] = times
    for each in found.values():
        each.fired = each.outcomes.get("done", 0)
        each.failed, each.cut = each.outcomes.get("failed", 0), each.outcomes.get("cut", 0)
    first = datetime(month.year, month.month, 1, tzinfo=timezone.get_current_timezone())
    sums = Firing.objects.filter(at__gte=first, outcome="done").values_list("automation")
    for number, minutes in sums.annotate(minutes=Sum("minutes")).order_by():
        found[number].minutes_this_month = minutes or 0
    for number, last in Firing.objects.values_list("automation").annotate(last=Max("at")).order_by():
        found[number].last = last
    for number, woken in _woken(since).items():
        found[number].woken = woken
    return found


def _woken(since: datetime) -> dict[int, int]:
    """How often the occasions of each have come since then, or since it went live."""
    counts = _occasions(since)
    found = {}
    for each in Automation.objects.filter(is_active=True, live__isnull=False).select_related("live"):
        version = each.live
        # One that is younger, or asked by time, or for some teams only, cannot be judged by counting events.
        if version is None or TIME in version.whens or each.teams or (version.published_at or since) > since:
            continue
        found[each.pk] = sum(counts.get(key, 0) for key in version.whens)
    return found


def _occasions(since: datetime) -> dict[str, int]:
    events = Event.objects.filter(at__gte=since, subject_noun="ticket").exclude(via="import")
    kinds = dict(events.values_list("kind").annotate(times=Count("id")).order_by())
    theirs = events.filter(kind="conversation.replied", facts__from_desk=False).count()
    found = {when.key: sum(kinds.get(kind, 0) for kind in when.kinds) for when in WHENS}
    found["requester_replied"] = theirs
    found["desk_replied"] = kinds.get("conversation.replied", 0) - theirs
    return found


def _saved(things: list[Any], rows: QuerySet[Any], of: str) -> list[Saved]:
    stretch = months()
    first = datetime(stretch[0].year, stretch[0].month, 1, tzinfo=timezone.get_current_timezone())
    counted: dict[tuple[int, date], tuple[int, int]] = {}
    grouped = rows.filter(at__gte=first).annotate(month=TruncMonth("at")).values_list(of, "month")
    for number, month, times, minutes in grouped.annotate(times=Count("id"), sum=Sum("minutes")).order_by():
        counted[number, month.date()] = times, minutes or 0
    return [
        Saved(
            thing,
            [counted.get((thing.pk, month), (0, 0))[0] for month in stretch],
            [counted.get((thing.pk, month), (0, 0))[1] for month in stretch],
        )
        for thing in things
    ]
