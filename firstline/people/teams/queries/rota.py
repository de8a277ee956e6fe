"""Who works when. Times are instants; days are the team's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Prefetch, Q, QuerySet

from firstline.core import clock
from firstline.core.preferences.house import TIME_ZONE
from firstline.people.accounts.models import Person
from firstline.people.teams.engine import rota
from firstline.people.teams.engine.holidays import is_holiday
from firstline.people.teams.engine.rota import Change, Duty, Pattern, Span
from firstline.people.teams.models import Absence, Capacity, Override, PersonSkill, Shift, ShiftMember, Swap, Team

INSTANT = timedelta(microseconds=1)
LOOK_AHEAD = timedelta(days=14)


def zone_of(team: Team) -> ZoneInfo:
    """The zone a team's shifts are written in."""
    try:
        return ZoneInfo(team.time_zone or TIME_ZONE.get())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def has_rota(team: Team) -> bool:
    """Whether the team says who works when; without, everybody who is not away is there."""
    return Shift.objects.filter(team=team, kind=Shift.Kind.WORK).exists()


def on_shift(team: Team, at: datetime) -> list[Person]:
    """Who works then, by the rota; nobody where there is none."""
    return _people(duty.person for duty in _at([team], at) if not duty.is_on_call)


def on_call(team: Team, at: datetime) -> list[Person]:
    """Who is to be called then."""
    return _people(duty.person for duty in _at([team], at) if duty.is_on_call)


def available(team: Team, at: datetime) -> list[Person]:
    """Who can take something then: on shift, not away, active. Without a rota: every member who is not away."""
    if has_rota(team):
        return on_shift(team, at)
    day = at.astimezone(zone_of(team)).date()
    members = Person.objects.filter(team_memberships__team=team, is_active=True)
    return list(
        members.exclude(absences__in=Absence.objects.filter(first_day__lte=day, last_day__gte=day)).order_by("pk")
    )


def next_cover(team: Team, at: datetime) -> tuple[datetime, list[Person]] | None:
    """When somebody of the team is there next, and who: `at` if somebody is. None: not within two weeks."""
    if not has_rota(team):
        found = available(team, at)
        return (at, found) if found else None
    coming = [duty for duty in duties_between([team], at, at + LOOK_AHEAD) if not duty.is_on_call]
    if not coming:
        return None
    first = max(at, coming[0].begin)
    return first, _people(duty.person for duty in coming if max(at, duty.begin) == first)


def duties_between(
    teams: Collection[Team], begin: datetime, end: datetime, *, with_absences: bool = True
) -> list[Duty]:
    """All duties of these teams that touch the span, in order of time."""
    patterns = _patterns(teams)
    changes = _changes(teams, begin, end)
    people = {person for pattern in patterns for person in pattern.line} | {c.comes for c in changes if c.comes}
    absences = _absences(people, begin, end, teams) if with_absences else {}
    return rota.duties(patterns, begin, end, changes=changes, absences=absences)


def duties_of(person: Any, begin: datetime, end: datetime) -> list[Duty]:
    """One person's duties in all their teams, whether or not they still are a member."""
    teams = Team.objects.filter(
        Q(shifts__members__person=person) | Q(overrides__person=person), is_active=True
    ).distinct()
    return [duty for duty in duties_between(list(teams), begin, end) if duty.person == person.pk]


def gaps_between(
    teams: Collection[Team], begin: datetime, end: datetime, *, needed: Iterable[Span] | None = None
) -> list[Span]:
    """When nobody of these teams is there although somebody ought to be: in the planned hours, or in `needed`."""
    spans = rota.planned(_patterns(teams), begin, end) if needed is None else needed
    there = [duty for duty in duties_between(teams, begin, end) if not duty.is_on_call]
    return rota.gaps(spans, there)


def skills_of(people: Collection[int]) -> dict[int, dict[str, int]]:
    """What these people (ids) can do: name of the skill to level 1-3."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = PersonSkill.objects.filter(person__in=list(people), skill__is_active=True)
    for person, name, level in rows.values_list("person_id", "skill__name", "level"):
        found[person][name] = level
    return found


def skilled(skill: str, people: Collection[int], *, least: int = 1) -> dict[int, int]:
    """Of these people (ids) those who can do it at least so well, with their level."""
    rows = PersonSkill.objects.filter(
        person__in=list(people), skill__name=skill, skill__is_active=True, level__gte=least
    )
    return dict(rows.values_list("person_id", "level"))


def capacity_of(people: Collection[int]) -> dict[int, int]:
    """How many open tickets these people (ids) can have at once; those who are missing have no bound."""
    return dict(Capacity.objects.filter(person__in=list(people)).values_list("person_id", "tickets"))


def _at(teams: Collection[Team], at: datetime) -> list[Duty]:
    return duties_between(teams, at, at + INSTANT)


def _people(ids: Iterable[int]) -> list[Person]:
    found = list(dict.fromkeys(ids))
    return list(Person.objects.filter(pk__in=found, is_active=True).order_by("pk")) if found else []


def shifts_of(teams: Collection[Team]) -> QuerySet[Shift]:
    line = ShiftMember.objects.filter(person__is_active=True).order_by("position", "id")
    return (
        Shift.objects.filter(team__in=teams).select_related("team").prefetch_related(Prefetch("members", queryset=line))
    )


def _patterns(teams: Collection[Team]) -> list[Pattern]:
    return [pattern_of(shift) for shift in shifts_of(teams)]


def pattern_of(shift: Shift) -> Pattern:
    """A shift as the engine knows it."""
    return Pattern(
        key=shift.pk,
        zone=zone_of(shift.team),
        weekdays=frozenset(map(int, shift.weekdays)),
        begins=shift.begins,
        ends=shift.ends,
        first_day=shift.first_day,
        last_day=shift.last_day,
        line=tuple(member.person_id for member in shift.members.all()),
        is_weekly=shift.rotation == Shift.Rotation.WEEKLY,
        is_on_call=shift.kind == Shift.Kind.ON_CALL,
        holidays=shift.holidays,
        is_holiday=partial(is_holiday, shift.region or shift.team.region),
    )


def _changes(teams: Collection[Team], begin: datetime, end: datetime) -> Sequence[Change]:
    """Two days more on both sides: a shift is cut by what touches the shift, not by what touches the span."""
    more = timedelta(days=2)
    rows = Override.objects.filter(team__in=teams, ends_at__gt=begin - more, begins_at__lt=end + more)
    return [
        Change(row.begins_at, row.ends_at, row.person_id, row.replaces_id, row.kind == Shift.Kind.ON_CALL)
        for row in rows
    ]


def _absences(
    people: Collection[int], begin: datetime, end: datetime, teams: Collection[Team]
) -> Mapping[int, Collection[Span]]:
    """Days away are days where the team is; somebody in teams of several zones is away for the longest of them."""
    found: dict[int, list[Span]] = defaultdict(list)
    zones = {zone_of(team) for team in teams}
    rows = Absence.objects.filter(
        person__in=people,
        last_day__gte=(begin - timedelta(days=2)).date(),
        first_day__lte=(end + timedelta(days=2)).date(),
    )
    for person, first, last in rows.values_list("person_id", "first_day", "last_day"):
        for zone in zones:
            found[person].append((rota.local_day(first, zone)[0], rota.local_day(last, zone)[1]))
    return found


def swaps_of(person: Any) -> QuerySet[Swap]:
    """Questions for a swap that wait for this person's answer, or for an answer to them."""
    return (
        Swap.objects.filter(Q(asked=person) | Q(asker=person), state=Swap.State.ASKED, day__gte=clock.now().date())
        .select_related("shift__team", "asker", "asked")
        .order_by("day", "id")
    )
