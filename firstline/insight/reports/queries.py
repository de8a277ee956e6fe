"""How the desk stands. Each begins with who is looking, and asks for sums, never for rows of everything."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from firstline.core import clock
from firstline.core.events.models import Event
from firstline.flow.sla.models import Agreement, Clock, Measure
from firstline.flow.surveys.models import Feedback
from firstline.people.teams.models import Shift, Team
from firstline.people.teams.queries import duties_between
from firstline.work.tickets.events import TicketStatusChanged
from firstline.work.tickets.models import Status, Ticket
from firstline.work.tickets.queries import unsolved_for, visible_to

from .engine.growth import Growth, judge

PERIODS = (7, 30, 90)
WATCHED_DAYS = 9 * 7  # the week that is judged, and eight to judge it by
FEW = 20  # tickets below which a figure says little
MOST_SOLVED = 2_000  # solved tickets that waits are counted of: the newest
MOST_TICKETS = 20_000  # that shifts are compared by: the newest


@dataclass(frozen=True, slots=True)
class Day:
    """What came and went on a day (of the reader's zone), and what was open when it ended."""

    day: date
    opened: int
    solved: int
    open: int


def days_of(tickets: QuerySet[Ticket], days: int) -> list[Day]:
    """The last so many days up to today, oldest first: three sums. What was reopened counts as always open."""
    zone = timezone.get_current_timezone()
    today = clock.now().astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time.min, zone)
    opened = _by_day(tickets.filter(created_at__gte=since), "created_at", zone)
    solved = _by_day(tickets.filter(resolved_at__gte=since), "resolved_at", zone)
    still = tickets.filter(is_unsolved=True).count()
    found: list[Day] = []
    for back in range(days):
        day = today - timedelta(days=back)
        found.append(Day(day, opened.get(day, 0), solved.get(day, 0), max(0, still)))
        still += solved.get(day, 0) - opened.get(day, 0)
    return found[::-1]


def _by_day(tickets: QuerySet[Ticket], column: str, zone: Any) -> dict[date, int]:
    rows = tickets.order_by().annotate(day=TruncDate(column, tzinfo=zone)).values("day")
    return dict(rows.annotate(many=Count("pk")).values_list("day", "many"))


def growth_of(tickets: QuerySet[Ticket]) -> Growth:
    """Whether the backlog of these tickets grows by more than chance. Today is not over, so that it does not count."""
    found = days_of(tickets, WATCHED_DAYS + 1)[:-1]
    while len(found) > 1 and not (found[0].opened or found[0].solved or found[0].open):
        found.pop(0)  # before the first ticket there was no desk to be judged by
    return judge([day.opened for day in found], [day.solved for day in found], found[-1].open)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long solved tickets stood in a status, all together and each: where the time went."""

    status: Status
    tickets: int
    total: timedelta
    median: timedelta


def waits_of(tickets: QuerySet[Ticket], days: int) -> list[Wait]:
    """Of the tickets solved in the last so many days (the newest thousands), the longest first: three queries."""
    since = clock.now() - timedelta(days=days)
    solved = tickets.filter(resolved_at__gte=since).order_by("-resolved_at", "-pk")
    rows = {
        pk: (created, resolved or created)
        for pk, created, resolved in solved.values_list("pk", "created_at", "resolved_at")[:MOST_SOLVED]
    }
    stood: dict[int, dict[int, timedelta]] = defaultdict(lambda: defaultdict(timedelta))
    at: dict[int, datetime] = {pk: created for pk, (created, _resolved) in rows.items()}
    changes = Event.objects.filter(
        subject_noun="ticket", subject_id__in=list(rows), kind=TicketStatusChanged.key
    ).order_by("subject_id", "id")
    for ticket, when, facts in changes.values_list("subject_id", "at", "facts").iterator():
        begun, until = at[ticket], min(when, rows[ticket][1])
        if until > begun and isinstance(facts.get("from"), int):
            stood[facts["from"]][ticket] += until - begun
        at[ticket] = max(begun, when)
    statuses = Status.objects.in_bulk(list(stood))
    found = [
        Wait(statuses[pk], len(each), sum(each.values(), timedelta()), _middle(each.values()))
        for pk, each in stood.items()
        if pk in statuses
    ]
    return sorted(found, key=lambda wait: -wait.total)


def _middle(spans: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(span.total_seconds() for span in spans))


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What a team carries now."""

    team: Team | None
    open: int
    unowned: int
    late: int
    oldest: datetime | None


def team_loads(viewer: Any) -> list[TeamLoad]:
    """Every team with open tickets that the viewer may see, the fullest first: two queries."""
    now = clock.now()
    rows = list(
        unsolved_for(viewer)
        .order_by()
        .values("team")
        .annotate(
            open=Count("pk"),
            unowned=Count("pk", filter=Q(owner__isnull=True)),
            late=Count("pk", filter=Q(next_due_at__lt=now)),
            oldest=Min("created_at"),
        )
    )
    teams = Team.objects.in_bulk([row["team"] for row in rows if row["team"]])
    found = [TeamLoad(teams.get(row["team"]), row["open"], row["unowned"], row["late"], row["oldest"]) for row in rows]
    return sorted(found, key=lambda load: -load.open)


@dataclass(slots=True)
class ShiftFigures:
    """What became of the tickets that came in while a shift was on. Nobody on shift: `shift` is None."""

    team: Team
    shift: Shift | None
    count: int = 0
    answers: list[float] = field(default_factory=list)  # seconds until the first answer
    promised: int = 0
    late: int = 0
    asked: int = 0
    satisfied: int = 0

    @property
    def is_thin(self) -> bool:
        return self.count < FEW

    @property
    def answered_in(self) -> float | None:
        return median(self.answers) if self.answers else None

    @property
    def late_percent(self) -> int | None:
        return round(100 * self.late / self.promised) if self.promised else None

    @property
    def satisfied_percent(self) -> int | None:
        return round(100 * self.satisfied / self.asked) if self.asked else None


def shifts_compared(viewer: Any, *, days: int, teams: Sequence[Team]) -> list[ShiftFigures]:
    """Side by side, of teams that have shifts: a handful of queries, however many tickets and shifts there are."""
    now = clock.now()
    since = now - timedelta(days=days)
    shifts = {each.pk: each for each in Shift.objects.filter(team__in=teams, kind=Shift.Kind.WORK)}
    with_shifts = {team.pk: team for team in teams if any(each.team_id == team.pk for each in shifts.values())}
    if not with_shifts:
        return []
    spans = _spans(list(with_shifts.values()), shifts, since, now)
    tickets = visible_to(viewer).filter(team__in=list(with_shifts), created_at__gte=since)
    found: dict[tuple[int, int | None], ShiftFigures] = {}
    of_ticket: dict[int, ShiftFigures] = {}
    rows = tickets.order_by("-created_at").values_list("pk", "team_id", "created_at", "first_response_at")
    for pk, team, created, answered in rows[:MOST_TICKETS]:
        shift = _on_at(spans[team], created)
        one = found.setdefault((team, shift), ShiftFigures(with_shifts[team], shifts.get(shift) if shift else None))
        of_ticket[pk] = one
        one.count += 1
        if answered:
            one.answers.append((answered - created).total_seconds())
    _add_promises(of_ticket, tickets)
    _add_opinions(of_ticket, tickets)
    return sorted(
        found.values(), key=lambda each: (each.team.name, each.shift is None, each.shift and each.shift.begins)
    )


def _spans(
    teams: list[Team], shifts: dict[int, Shift], since: datetime, until: datetime
) -> dict[int, list[tuple[datetime, datetime, int]]]:
    """By team: when which shift was on, in order. Where two overlap, the one that began last counts."""
    found: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for duty in duties_between(teams, since, until, with_absences=False):
        if duty.pattern in shifts:
            found[shifts[duty.pattern].team_id].append((duty.begin, duty.end, duty.pattern))
    return {team.pk: sorted(set(found[team.pk])) for team in teams}


def _on_at(spans: list[tuple[datetime, datetime, int]], at: datetime) -> int | None:
    place = bisect_right(spans, at, key=lambda span: span[0])
    for begin, end, shift in reversed(spans[max(0, place - 6) : place]):
        if begin <= at < end:
            return shift
    return None


def _add_promises(of_ticket: dict[int, ShiftFigures], tickets: QuerySet[Ticket]) -> None:
    clocks = Clock.objects.filter(
        ticket__in=tickets.values("pk"), audience=Agreement.Audience.CUSTOMER, measure=Measure.FIRST_RESPONSE
    )
    for ticket, is_late in clocks.values_list("ticket_id", "is_late"):
        if one := of_ticket.get(ticket):
            one.promised += 1
            one.late += is_late


def _add_opinions(of_ticket: dict[int, ShiftFigures], tickets: QuerySet[Ticket]) -> None:
    said = Feedback.objects.filter(ticket__in=tickets.values("pk"), is_satisfied__isnull=False)
    for ticket, is_satisfied in said.values_list("ticket_id", "is_satisfied"):
        if one := of_ticket.get(ticket):
            one.asked += 1
            one.satisfied += bool(is_satisfied)
