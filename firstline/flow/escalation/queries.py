"""Reads of escalations, news and hand-overs. Each begins with who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet

from firstline.core import clock
from firstline.core.actions import may
from firstline.core.conditions import Context, from_json, matches, to_q
from firstline.core.events import Audience, kind_of, names
from firstline.core.events.models import Event
from firstline.flow.sla.engine.clocks import rounds
from firstline.flow.sla.models import Agreement, Measure
from firstline.flow.sla.queries import book, share_used_at
from firstline.flow.sla.queries import facts_of as clock_facts
from firstline.people.accounts.models import Person
from firstline.people.teams.models import TeamMember
from firstline.people.teams.queries import absent_among
from firstline.work.conversations.events import Noted, Replied
from firstline.work.tickets.events import (
    TicketAssigned,
    TicketConverted,
    TicketOpened,
    TicketReopened,
    TicketRouted,
    TicketStatusChanged,
)
from firstline.work.tickets.fields import catalogue, words_read_once
from firstline.work.tickets.models import Kind, Link, StatusType, Ticket
from firstline.work.tickets.queries import visible_to
from firstline.work.tickets.rules import reads_internals

from .engine.due import Facts
from .engine.trial import Asked, Past, tried
from .events import EscalationAccepted, NewsTold
from .models import (
    Chase,
    Escalation,
    HandOver,
    Level,
    MajorIncident,
    News,
    NewsClock,
    Obstacle,
    Path,
    Protocol,
    Standing,
)

# What a level may wait for, as the clocks call it.
MEASURES = {"response": Measure.FIRST_RESPONSE, "resolution": Measure.RESOLUTION}
MOST_TRIED, SHOWN_TRIED = 500, 20  # tickets that a path is tried on, and that are shown
# What counts as movement: something somebody did about the ticket. Opening it is the first.
MOVES = tuple(
    kind.key
    for kind in (
        TicketOpened, TicketAssigned, TicketRouted, TicketStatusChanged, TicketReopened, TicketConverted, Replied,
        Noted, NewsTold, EscalationAccepted,
    )
)  # fmt: skip


def escalations_for(viewer: Any) -> QuerySet[Escalation]:
    """The escalations of tickets this person may see."""
    seen = visible_to(viewer)
    found = Escalation.objects.select_related("team", "person", "vendor", "by", "accepted_by", "ticket")
    return found.filter(ticket__in=seen.values("pk")) if seen.query.where else found


def escalations_of(ticket: Ticket) -> list[Escalation]:
    """Of one ticket, oldest first. The caller has shown that the viewer may see it."""
    return list(
        Escalation.objects.filter(ticket=ticket)
        .select_related("team", "person", "vendor", "by", "accepted_by")
        .order_by("at", "id")
    )


def path_for(ticket: Ticket) -> Path | None:
    """The first path in use whose condition fits."""
    context = Context(trusted=True)
    with words_read_once():
        for path in Path.objects.filter(is_active=True).order_by("position", "id"):
            if path.condition is None or matches(from_json(path.condition), catalogue, ticket, context):
                return path
    return None


def levels_of(path: Path) -> list[Level]:
    return list(path.levels.select_related("team", "person", "vendor").order_by("position", "id"))


def facts_of(ticket: Ticket, *, unaccepted_since: datetime | None) -> Facts:
    """What the engine needs to know, as of now."""
    moved = (
        Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, kind__in=MOVES)
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )
    obstacle = Obstacle.objects.filter(ticket=ticket, cleared_at__isnull=True).values_list("at", flat=True).first()
    asked = Chase.objects.filter(ticket=ticket).order_by("-at").values_list("at", flat=True).first()
    return Facts(
        moved_at=moved or ticket.created_at,
        reopened=ticket.reopen_count,
        obstacle_at=obstacle,
        asked_at=asked,
        unaccepted_since=unaccepted_since,
        share_used_at=lambda target, share: share_used_at(ticket, MEASURES[target], share / 100),
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """What a path would have done with tickets of the past."""

    tickets: int  # that were looked at
    by_level: dict[int, int]  # how many of them each level (from 1) would have been asked about
    examples: list[tuple[Ticket, list[Asked]]]  # those that would have gone furthest


def trial(path: Path, viewer: Any, *, days: int = 30) -> Trial:
    """Try a path on the tickets of the last days that it would have held for: the newest hundreds. Nothing is written.

    Raises ConditionError for a condition that names what is gone.
    """
    now, context = clock.now(), Context(trusted=True)
    tickets = visible_to(viewer) if viewer is not None else Ticket.objects.all()
    tickets = tickets.filter(created_at__gte=now - timedelta(days=days), merged_into__isnull=True)
    for earlier in Path.objects.filter(is_active=True, position__lt=path.position).exclude(pk=path.pk):
        if earlier.condition is None:
            return Trial(0, {}, [])  # all tickets go that way already
        tickets = tickets.exclude(pk__in=Ticket.objects.filter(to_q(from_json(earlier.condition), catalogue, context)))
    if path.condition is not None:
        tickets = tickets.filter(to_q(from_json(path.condition), catalogue, context))
    looked_at = list(tickets.order_by("-created_at", "-pk")[:MOST_TRIED])
    levels = [list(level.when) for level in levels_of(path)]
    found = [(ticket, tried(levels, past)) for ticket, past in _pasts(looked_at, now)]
    counts: dict[int, int] = {}
    for _ticket, asked in found:
        for each in asked:
            counts[each.step] = counts.get(each.step, 0) + 1
    found = sorted((row for row in found if row[1]), key=lambda row: (-len(row[1]), row[1][0].at))
    return Trial(len(looked_at), counts, found[:SHOWN_TRIED])


def _pasts(tickets: list[Ticket], now: datetime) -> list[tuple[Ticket, Past]]:
    """What happened to these tickets: a handful of queries, however many they are."""
    numbers = [ticket.pk for ticket in tickets]
    moves: dict[int, list[datetime]] = {pk: [] for pk in numbers}
    reopened: dict[int, list[datetime]] = {pk: [] for pk in numbers}
    rows = Event.objects.filter(subject_noun="ticket", subject_id__in=numbers, kind__in=MOVES).order_by("id")
    for pk, kind, at in rows.values_list("subject_id", "kind", "at"):
        moves[pk].append(at)
        if kind == TicketReopened.key:
            reopened[pk].append(at)
    obstacles, chases = _moments_of(Obstacle, numbers), _moments_of(Chase, numbers)
    agreements = book()
    facts = clock_facts(tickets, agreements.statuses)

    def share_used_at(ticket: Ticket, target: str, share: int) -> datetime | None:
        for terms in agreements.for_ticket(ticket):
            if terms.agreement.audience == Agreement.Audience.CUSTOMER:
                for promise in terms.promises(ticket.priority):
                    if promise.measure.value == MEASURES[target].value:
                        found = rounds(facts[ticket.pk], promise)
                        return found[-1].used_up_at(share / 100) if found else None
        return None

    return [
        (
            ticket,
            Past(
                moves=sorted([ticket.created_at, *moves[ticket.pk]]),
                end=ticket.resolved_at or now,
                reopened=reopened[ticket.pk],
                obstacles=obstacles.get(ticket.pk, ()),
                asked=chases.get(ticket.pk, ()),
                share_used_at=partial(share_used_at, ticket),
            ),
        )
        for ticket in tickets
    ]


def _moments_of(model: type[Obstacle] | type[Chase], tickets: list[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for ticket, at in model.objects.filter(ticket__in=tickets).order_by("at").values_list("ticket_id", "at"):
        found.setdefault(ticket, []).append(at)
    return found


def leads_of(team_id: int | None) -> list[Person]:
    """Who leads a team and is there today; all its leads if none is."""
    if team_id is None:
        return []
    leads = list(
        Person.objects.filter(team_memberships__team=team_id, team_memberships__is_lead=True, is_active=True).order_by(
            "pk"
        )
    )
    away = absent_among([lead.pk for lead in leads], clock.now().date())
    return [lead for lead in leads if lead.pk not in away] or leads


def members_of(team_id: int) -> list[int]:
    return list(TeamMember.objects.filter(team=team_id, person__is_active=True).values_list("person_id", flat=True))


def protocol_for(priority: int) -> Protocol | None:
    return Protocol.objects.filter(priority=priority, is_active=True).first()


def news_of(ticket: Ticket) -> QuerySet[News]:
    return News.objects.filter(ticket=ticket).select_related("by").order_by("-at", "-id")


def open_majors(viewer: Any) -> list[MajorIncident]:
    """Major incidents going on that this person may see."""
    return list(
        MajorIncident.objects.filter(ended_at__isnull=True, ticket__in=visible_to(viewer).values("pk"))
        .select_related("ticket", "coordinator")
        .order_by("declared_at")
    )


def public_notices() -> list[MajorIncident]:
    """What everybody signed in may read on the portal: the note alone, nothing of the ticket."""
    return list(MajorIncident.objects.filter(ended_at__isnull=True).exclude(notice="").order_by("declared_at"))


def hand_overs_for(viewer: Any) -> QuerySet[HandOver]:
    """Those of the viewer's teams, given or received, newest first."""
    teams = TeamMember.objects.filter(person=viewer).values("team")
    return (
        HandOver.objects.filter(Q(from_team__in=teams) | Q(to_team__in=teams))
        .select_related("from_team", "to_team", "by", "accepted_by")
        .order_by("-at", "-id")
    )


def figures(viewer: Any, *, since: datetime, until: datetime) -> dict[str, Any]:
    """Volume, time to solve, the share that the first level could have solved: of what the viewer may see."""
    found = escalations_for(viewer).filter(at__gte=since, at__lt=until)
    tickets = visible_to(viewer).filter(created_at__gte=since, created_at__lt=until).count()
    length = ExpressionWrapper(F("ended_at") - F("at"), output_field=DurationField())
    sums = found.aggregate(
        escalations=Count("id"),
        tickets=Count("ticket", distinct=True),
        still_open=Count("id", filter=Q(ended_at__isnull=True)),
        mean=Avg(length, filter=Q(ended_at__isnull=False)),
        judged=Count("id", filter=Q(first_level_could__isnull=False)),
        first_level_could=Count("id", filter=Q(first_level_could=True)),
        unneeded=Count("id", filter=Q(outcome=Escalation.Outcome.UNNEEDED)),
    )
    return sums | {
        "all_tickets": tickets,
        "by_level": list(
            found.values("level_name").annotate(many=Count("id")).order_by("-many", "level_name")[:12]
        ),
        "by_team": list(
            found.values("team__name").annotate(many=Count("id"), open=Count("id", filter=Q(ended_at__isnull=True)))
            .order_by("-many", "team__name")[:20]
        ),
    }  # fmt: skip


def recurring(viewer: Any, *, days: int = 30, at_least: int = 3, now: datetime | None = None) -> list[dict[str, Any]]:
    """Categories that escalate again and again, with what the first level lacked most often."""
    since = (now or clock.now()) - timedelta(days=days)
    found = (
        escalations_for(viewer)
        .filter(at__gte=since, ticket__category__isnull=False)
        .values("ticket__category", "ticket__category__name")
        .annotate(
            many=Count("ticket", distinct=True),
            could=Count("ticket", filter=Q(first_level_could=True), distinct=True),
        )
        .filter(many__gte=at_least)
        .order_by("-many")[:20]
    )
    rows: list[dict[str, Any]] = [dict(row) for row in found]
    lacking: dict[int, dict[str, int]] = {}
    for category, missing in (
        escalations_for(viewer)
        .filter(at__gte=since, ticket__category__in=[row["ticket__category"] for row in rows])
        .exclude(missing="")
        .values_list("ticket__category", "missing")
    ):
        counts = lacking.setdefault(category, {})
        counts[missing] = counts.get(missing, 0) + 1
    for row in rows:
        counts = lacking.get(row["ticket__category"], {})
        row["lacks"] = max(counts, key=lambda words: counts[words]) if counts else ""
        row["proposal"] = _proposal(row)
    return rows


def _proposal(row: dict[str, Any]) -> str:
    """What might end it: a right or an article for the first level, training, or a problem record."""
    if row["could"] * 2 >= row["many"]:
        return "article" if not row["lacks"] else "lack"
    return "problem"


def incidents_of(problem: Ticket, viewer: Any) -> list[Ticket]:
    """The tickets a problem causes, as far as the viewer may see them."""
    numbers = Link.objects.filter(source=problem, type=Link.Type.CAUSES).values("target_id")
    return list(visible_to(viewer).filter(pk__in=numbers).order_by("-created_at")[:200])


def unsolved_escalated(viewer: Any) -> QuerySet[Escalation]:
    return escalations_for(viewer).filter(ended_at__isnull=True).exclude(ticket__state=StatusType.CLOSED)


def stakeholders_of(ids: Iterable[int]) -> list[Person]:
    return list(Person.objects.filter(pk__in=list(ids), is_active=True))


def events_since(ticket: Ticket, since: datetime, viewer: Any) -> list[Event]:
    """What happened on a ticket since a moment as far as they may read it, newest first: material for its next news."""
    from_the_desk = reads_internals(viewer, ticket)
    found = list(
        Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, at__gt=since)
        .select_related("actor")
        .order_by("-at", "-id")[:20]
    )
    known = [
        event
        for event in found
        if (kind := kind_of(event.kind)) is not None and (from_the_desk or kind.audience is Audience.EVERYBODY)
    ]
    names.attach(known)
    return known


def panel(ticket: Ticket, viewer: Any) -> dict[str, Any] | None:
    """What the ticket page shows of this room."""
    standing = Standing.objects.filter(ticket=ticket).select_related("next_level").first()
    return {
        "escalations": escalations_of(ticket),
        "obstacle": Obstacle.objects.filter(ticket=ticket, cleared_at__isnull=True).first(),
        "news_due": NewsClock.objects.filter(ticket=ticket).first(),
        "coming": standing,
        "major": MajorIncident.objects.filter(ticket=ticket).select_related("coordinator").first(),
        "may_escalate": ticket.is_unsolved and ticket.merged_into_id is None and may(viewer, "ticket.escalate", ticket),
        "may_declare": ticket.kind == Kind.INCIDENT and may(viewer, "ticket.major", ticket),
    }
