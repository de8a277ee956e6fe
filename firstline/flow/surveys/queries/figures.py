"""What the answers tell: shares with what they leave open, over time and by team, category and agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.flow.surveys.engine.shares import Share, differ
from firstline.flow.surveys.fields import TARGET
from firstline.flow.surveys.models import Feedback, Improvement, Survey
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Category
from firstline.work.tickets.queries import visible_to

DIMENSIONS = ("team", "category", "agent")
PERIODS = (30, 90, 365)
GOOD = Count("id", filter=Q(is_satisfied=True))


@dataclass(frozen=True, slots=True)
class Period:
    """So many days up to a moment."""

    days: int
    end: datetime

    @property
    def begin(self) -> datetime:
        return self.end - timedelta(days=self.days)

    @property
    def before(self) -> Period:
        """The same length of time just before, to compare with."""
        return Period(self.days, self.begin)


@dataclass(frozen=True, slots=True)
class Group:
    """One team, category or agent, and how satisfied people were there."""

    by: str
    key: int | None
    name: str
    share: Share


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """Where people are less satisfied than elsewhere, by more than chance, or clearly below the target."""

    group: Group
    others: Share
    is_below_target: bool


@dataclass(frozen=True, slots=True)
class Trend:
    labels: list[str]
    shares: list[Share]


def period_of(days: str | int, end: datetime | None = None) -> Period:
    """The period of that many days, or the middle one."""
    chosen = int(days) if str(days) in {str(each) for each in PERIODS} else PERIODS[1]
    return Period(chosen, end or clock.now())


def answers_seen_by(person: Any, period: Period | None = None) -> QuerySet[Feedback]:
    """Whether people were satisfied with tickets that this person may see. What follows an escalation is apart."""
    found = Feedback.objects.filter(is_satisfied__isnull=False, ticket__in=visible_to(person))
    found = found.exclude(survey__occasion=Survey.Occasion.ESCALATION)
    return found if period is None else found.filter(answered_at__gt=period.begin, answered_at__lte=period.end)


def overall(person: Any, period: Period) -> Share:
    row = answers_seen_by(person, period).aggregate(good=GOOD, count=Count("id"))
    return Share(row["good"], row["count"])


def response(person: Any, period: Period) -> Share:
    """How many of those who were asked have answered."""
    asked = Feedback.objects.filter(
        asks_to_rate=True, asked_at__gt=period.begin, asked_at__lte=period.end, ticket__in=visible_to(person)
    ).exclude(survey__occasion=Survey.Occasion.ESCALATION)
    row = asked.aggregate(good=Count("id", filter=Q(is_satisfied__isnull=False)), count=Count("id"))
    return Share(row["good"], row["count"])


def groups(person: Any, period: Period, by: str) -> list[Group]:
    """By team, category or agent, most answers first."""
    if by not in DIMENSIONS:
        raise ValueError(f"Nobody counts answers by {by}.")
    rows = list(
        answers_seen_by(person, period)
        .values_list(f"{by}_id")
        .annotate(good=GOOD, count=Count("id"))
        .order_by("-count", f"{by}_id")
    )
    names = names_of(by, (key for key, _good, _count in rows if key is not None))
    return [Group(by, key, names.get(key, _("None")), Share(good, count)) for key, good, count in rows]


def trend(person: Any, period: Period, *, by: str = "", key: int | None = None) -> Trend:
    """By week, or by month over a year; also of one team, category or agent only."""
    is_long = period.days > 100
    found = answers_seen_by(person, period)
    if by in DIMENSIONS:
        found = found.filter(**{f"{by}_id": key})
    zone = timezone.get_current_timezone()
    step = (TruncMonth if is_long else TruncWeek)("answered_at", tzinfo=zone)
    rows = found.annotate(step=step).values("step").annotate(good=GOOD, count=Count("id")).values_list(
        "step", "good", "count"
    )  # fmt: skip
    known = {moment.astimezone(zone).date(): Share(good, count) for moment, good, count in rows}
    steps = _steps(period, is_long=is_long)
    form = "M Y" if is_long else "j M"
    return Trend([formats.date_format(day, form) for day in steps], [known.get(day, Share(0, 0)) for day in steps])


def weak_spots(found: Iterable[Group], whole: Share) -> list[WeakSpot]:
    """Groups that are worse than all others together by more than chance, or surely below the target; worst first."""
    target = TARGET.get()
    spots = []
    for group in found:
        others = whole.without(group.share)
        is_below = not group.share.is_thin and group.share.is_clearly_below(target)
        is_worse = differ(group.share, others) and (group.share.percent or 0) < (others.percent or 0)
        if is_below or is_worse:
            spots.append(WeakSpot(group, others, is_below))
    return sorted(spots, key=lambda spot: (spot.group.share.percent or 0, spot.group.name))


def names_of(by: str, keys: Iterable[int]) -> Mapping[int, str]:
    wanted = list(keys)
    if by == "agent":
        return {each.pk: each.display_name for each in Person.objects.filter(pk__in=wanted)}
    if by == "team":
        return dict(Team.objects.filter(pk__in=wanted).values_list("pk", "name"))
    rows = Category.objects.filter(pk__in=wanted).values_list("pk", "name", "parent__name")
    return {pk: f"{parent} › {name}" if parent else name for pk, name, parent in rows}


def improvements_seen_by(person: Any) -> QuerySet[Improvement]:
    """All of them: what gets better concerns everybody who may read reports."""
    return Improvement.objects.select_related("owner")


def causes_seen_by(person: Any, improvement: Improvement) -> list[Feedback]:
    """The answers behind an improvement, as far as one may see their tickets."""
    found = improvement.caused_by.filter(ticket__in=visible_to(person))
    return list(found.select_related("ticket", "person", "agent").order_by("-id"))


def _steps(period: Period, *, is_long: bool) -> list[Any]:
    """The first day of every week or month of the period."""
    zone = timezone.get_current_timezone()
    day, last = period.begin.astimezone(zone).date(), period.end.astimezone(zone).date()
    day = day.replace(day=1) if is_long else day - timedelta(days=day.weekday())
    steps = []
    while day <= last:
        steps.append(day)
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1) if is_long else day + timedelta(days=7)
    return steps
