"""A week of a team as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from firstline.core.actions import may
from firstline.people.accounts.models import Person
from firstline.people.teams.engine import rota
from firstline.people.teams.models import Shift, Team

from .rota import duties_between, gaps_between, zone_of


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a day on the week's page: who has a shift, or that nobody has."""

    begin: datetime
    end: datetime
    name: str
    people: list[Person]
    is_on_call: bool = False
    is_gap: bool = False
    shift: int | None = None


def week_of(team: Team, monday: date) -> list[tuple[date, list[Line]]]:
    """The seven days of a week, in the team's time: shifts with who has them, exceptions, and gaps."""
    zone = zone_of(team)
    begin, end = rota.local_day(monday, zone)[0], rota.local_day(monday + timedelta(days=6), zone)[1]
    on_duty = duties_between([team], begin, end)
    people = Person.objects.in_bulk({duty.person for duty in on_duty})
    names = dict(Shift.objects.filter(team=team).values_list("pk", "name"))
    lines: dict[date, list[Line]] = {monday + timedelta(days=number): [] for number in range(7)}
    together: dict[tuple[datetime, datetime, int | None, bool], list[Person]] = {}
    for duty in on_duty:
        if duty.person in people:
            key = (duty.begin, duty.end, duty.pattern, duty.is_on_call)
            together.setdefault(key, []).append(people[duty.person])
    for (first, last, pattern, is_on_call), who in together.items():
        day = max(first, begin).astimezone(zone).date()
        name = names.get(pattern or 0, "")
        lines[day].append(Line(first.astimezone(zone), last.astimezone(zone), name, who, is_on_call, shift=pattern))
    for first, last in gaps_between([team], begin, end):
        local = first.astimezone(zone)
        lines[local.date()].append(Line(local, last.astimezone(zone), "", [], is_gap=True))
    return [(day, sorted(found, key=lambda line: (line.begin, line.is_on_call))) for day, found in lines.items()]


def with_rota(viewer: Any) -> list[Team]:
    """The teams whose rota this person may see, by name."""
    teams = Team.objects.filter(is_active=True, shifts__isnull=False).distinct().order_by("name")
    return [team for team in teams.prefetch_related("memberships") if may(viewer, "rota.view", team)]
