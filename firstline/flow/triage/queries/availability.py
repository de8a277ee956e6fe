"""Who of a team could take something now. The one place that knows about shifts, absences, skills and capacity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from firstline.flow.triage.engine.choosing import WEIGHTS, Candidate
from firstline.flow.triage.models import TeamRouting
from firstline.people.access.models import Grant
from firstline.people.access.rules import BY_ROLE
from firstline.people.teams.models import TeamMember
from firstline.people.teams.queries import absent_among, available, capacity_of, has_rota, skilled, zone_of
from firstline.work.tickets.models import Ticket

MAY_TAKE = frozenset(role for role, permissions in BY_ROLE.items() if "ticket.take" in permissions)


def candidates(routing: TeamRouting, at: datetime, *, skill: str = "") -> list[Candidate]:
    """Everybody of the team, with what speaks against them at that moment.

    A handful of queries, whatever the size of the team; one with a rota asks a few more.
    """
    team = routing.team
    rows = list(TeamMember.objects.filter(team=team).order_by("pk").values_list("pk", "person_id", "person__is_active"))
    people = [person for _place, person, _active in rows]
    absent = absent_among(people, at.astimezone(zone_of(team)).date())
    there = {person.pk for person in available(team, at)} if has_rota(team) else None
    working = set(Grant.objects.filter(person__in=people, role__in=MAY_TAKE).values_list("person_id", flat=True))
    carried, bounds = carried_by(people), capacity_of(people)
    levels = skilled(skill, people) if skill else {}

    def why_not(person: int, is_active: bool) -> str:
        if not is_active or person not in working:
            return "does not work on tickets"
        if person in absent:
            return "absent"
        if there is not None and person not in there:
            return "off shift"
        return "full" if person in bounds and carried.get(person, (0, 0))[1] >= bounds[person] else ""

    return [
        Candidate(
            person,
            place,
            load=carried.get(person, (0, 0))[0],
            capacity=routing.capacity,
            level=levels.get(person, 0),
            why_not=why_not(person, is_active),
        )
        for place, person, is_active in rows
    ]


def carried_by(people: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Points and number of everybody's open tickets. What waits for somebody else takes no attention now."""
    rows = (
        Ticket.objects.filter(owner__in=list(people), is_unsolved=True, merged_into__isnull=True)
        .exclude(state="waiting")
        .order_by()
        .values_list("owner_id", "priority")
        .annotate(count=Count("pk"))
    )
    found: dict[int, tuple[int, int]] = {}
    for owner, priority, count in rows:
        points, number = found.get(owner, (0, 0))
        found[owner] = (points + WEIGHTS.get(priority, 1) * count, number + count)
    return found
