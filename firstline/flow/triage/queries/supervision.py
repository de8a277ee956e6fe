"""What somebody should look after: the lists of the supervisor's page, and how much everybody carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.flow.triage.engine.choosing import WEIGHTS, share
from firstline.flow.triage.fields import STILL_HOURS, STUCK_HOURS
from firstline.flow.triage.models import Pick, TeamRouting
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Absence, TeamMember
from firstline.people.teams.queries import absent_among
from firstline.people.teams.queries import visible_to as teams_visible_to
from firstline.work.tickets.models import Ticket, Turn
from firstline.work.tickets.queries import unsolved_for

CAPACITY = 40
OVERLOADED, FREE = 1.0, 0.25  # shares of the capacity


@dataclass(frozen=True, slots=True)
class Concern:
    """One list of tickets that need a hand."""

    key: str
    label: Promise
    text: Promise
    empty: Promise
    narrow: Callable[[QuerySet[Ticket]], QuerySet[Ticket]]


def _absent(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    today = clock.now().date()
    away = Absence.objects.filter(first_day__lte=today, last_day__gte=today).values("person_id")
    gone = Person.objects.filter(is_active=False).values("pk")
    return tickets.filter(Q(owner__in=away) | Q(owner__in=gone))


def _still(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.filter(updated_at__lt=clock.now() - timedelta(hours=STILL_HOURS.get() or 72))


def _stuck(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    since = clock.now() - timedelta(hours=STUCK_HOURS.get())
    return tickets.filter(turn=Turn.DESK, owner__isnull=False, updated_at__lt=since)


CONCERNS = (
    Concern(
        "unowned", _("Without owner"), _("Nobody looks after these."), _("Everything has somebody who looks after it."),
        lambda tickets: tickets.filter(owner__isnull=True),
    ),
    Concern(
        "absent", _("Owner is away"), _("They belong to people who are away today, or whose account is closed."),
        _("Nobody who is away owns anything."), _absent,
    ),
    Concern(
        "still", _("No movement"), _("Nothing has happened on these for too long."), _("None is forgotten."), _still,
    ),
    Concern(
        "stuck", _("Stuck with us"), _("It is our turn, and nothing has happened for a while."),
        _("Nothing waits for us too long."), _stuck,
    ),
    Concern(
        "nobody", _("Nobody eligible"), _("Their teams hand out work, and nobody could get these."),
        _("Whatever was handed out has found somebody."),
        lambda tickets: tickets.filter(pk__in=Pick.objects.filter(is_alarm=True).values("ticket_id")),
    ),
)  # fmt: skip


def concerning(person: Any, concern: Concern, *, team: int | None = None) -> QuerySet[Ticket]:
    """The tickets of one list that this person may see, of one team or of all."""
    tickets = concern.narrow(unsolved_for(person))
    return tickets.filter(team=team) if team is not None else tickets


@dataclass(frozen=True, slots=True)
class Load:
    """What one person carries now. `points` and `capacity` as in engine/choosing."""

    person: Person
    teams: str
    open: int
    due_today: int
    late: int
    points: int
    capacity: int
    is_absent: bool

    @property
    def percent(self) -> int:
        return round(100 * share(self.points, self.capacity))

    @property
    def word(self) -> str:
        if self.is_absent:
            return "absent"
        taken = share(self.points, self.capacity)
        return "overloaded" if taken >= OVERLOADED else "free" if taken < FREE else "busy"


def loads(viewer: Any, *, team: int | None = None) -> list[Load]:
    """Everybody who works in a team, the most loaded first. Five queries, however many people and tickets there are."""
    members = TeamMember.objects.filter(
        team__in=teams_visible_to(viewer).filter(is_active=True), person__is_active=True
    )
    if team is not None:
        members = members.filter(team=team)
    teams: dict[int, list[str]] = {}
    for person, name in members.order_by("team__name").values_list("person_id", "team__name"):
        teams.setdefault(person, []).append(name)
    people = Person.objects.in_bulk(list(teams))
    capacities = dict(
        TeamRouting.objects.filter(team__memberships__person__in=list(people))
        .order_by()
        .values_list("team__memberships__person")
        .annotate(most=Max("capacity"))
    )
    sums = _sums(viewer, list(people))
    absent = absent_among(people, clock.now().date())
    found = [
        Load(person, ", ".join(teams[pk]), *sums.get(pk, (0, 0, 0, 0)), capacities.get(pk, CAPACITY), pk in absent)
        for pk, person in people.items()
    ]
    return sorted(found, key=lambda load: (-load.percent, load.person.display_name))


def _sums(viewer: Any, people: list[int]) -> dict[int, tuple[int, int, int, int]]:
    """Open, due today, late and points by person."""
    now = clock.now()
    midnight = timezone.make_aware(datetime.combine(timezone.localtime(now).date() + timedelta(days=1), time.min))
    rows = (
        unsolved_for(viewer)
        .filter(owner__in=people)
        .order_by()
        .values_list("owner_id", "priority")
        .annotate(
            count=Count("pk"),
            active=Count("pk", filter=~Q(state="waiting")),
            today=Count("pk", filter=Q(due_at__gte=now, due_at__lt=midnight)),
            late=Count("pk", filter=Q(due_at__lt=now)),
        )
    )
    found: dict[int, tuple[int, int, int, int]] = {}
    for owner, priority, count, active, today, late in rows:
        before = found.get(owner, (0, 0, 0, 0))
        more = (count, today, late, WEIGHTS.get(priority, 1) * active)
        found[owner] = tuple(a + b for a, b in zip(before, more, strict=True))
    return found
