"""Lists of approvals. Each begins with who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from firstline.core import clock
from firstline.core.text import fold
from firstline.core.text.numbers import whole_number
from firstline.flow.approvals.models import Approval, Meeting, Seat, Stage, StandIn
from firstline.people.teams.models import Team, TeamMember
from firstline.work.tickets.queries import visible_to as tickets_visible_to

WAITING_ORDER = ("asked_at", "id")
DECIDED_ORDER = ("-decided_at", "-id")
ASKED_ORDER = ("-asked_at", "-id")
SEAT = (
    "id", "asked_at", "decided_at", "says", "comment", "stage__name", "stage__expires_at", "for_person__name",
    "stage__approval_id", "stage__approval__title", "stage__approval__cost", "stage__approval__state",
    "stage__approval__ticket_id", "stage__approval__ticket__subject", "stage__approval__requester__name",
    "stage__approval__requester__email",
)  # fmt: skip
ASKED = ("id", "asked_at", "title", "cost", "state", "how", "ticket_id", "ticket__subject", "decided_at")


def visible_to(person: Any) -> QuerySet[Approval]:
    """Approvals of tickets one sees, those one was asked to decide, and those one asked for."""
    tickets = tickets_visible_to(person)
    if not tickets.query.where:
        return Approval.objects.all()
    mine = Seat.objects.filter(Q(person=person) | Q(for_person=person)).values("stage__approval")
    return Approval.objects.filter(
        Q(ticket__in=tickets.values("pk")) | Q(pk__in=mine) | Q(requester=person) | Q(asked_by=person)
    )


def waiting_for(person: Any, text: str = "") -> Any:
    """What waits for somebody's word, the oldest first."""
    return _searched(Seat.objects.filter(person=person, is_open=True), text).values(*SEAT)


def decided_by(person: Any, text: str = "") -> Any:
    """What somebody has said, the newest first."""
    return _searched(Seat.objects.filter(person=person, decided_at__isnull=False), text).values(*SEAT)


def asked_for_by(person: Any, text: str = "") -> Any:
    """What somebody asked for, or is asked for them."""
    found = Approval.objects.filter(Q(asked_by=person) | Q(requester=person))
    if text.strip():
        found = found.filter(_words(text, ""))
    return found.values(*ASKED)


def count_waiting_for(person: Any) -> int:
    """How many, at most a hundred."""
    return len(Seat.objects.filter(person=person, is_open=True).values_list("pk")[:100])


def people_waited_for(approvals: Iterable[int]) -> dict[int, list[str]]:
    """By approval: the names of those whose word is missing. One query for a whole list."""
    found: dict[int, list[str]] = {}
    rows = Seat.objects.filter(stage__approval__in=list(approvals), is_open=True).order_by("asked_at", "id")
    for approval, name, email in rows.values_list("stage__approval_id", "person__name", "person__email"):
        found.setdefault(approval, []).append(name or email or "")
    return found


def oldest_waiting(viewer: Any, *, person: int | None = None) -> Any:
    """Every word that is missing, of tickets the viewer may see; the oldest first."""
    rows = Seat.objects.filter(is_open=True, stage__approval__in=visible_to(viewer).values("pk"))
    if person is not None:
        rows = rows.filter(person=person)
    return rows.values(*SEAT, "person_id", "person__name", "person__email")


def per_approver(viewer: Any, *, most: int = 100) -> list[dict[str, Any]]:
    """Who is waited for how often, and since when."""
    rows: Any = (
        Seat.objects.filter(is_open=True, stage__approval__in=visible_to(viewer).values("pk"))
        .values("person_id", "person__name", "person__email")
        .annotate(many=Count("id"), since=Min("asked_at"))
        .order_by("since", "person_id")
    )
    return list(rows[:most])


def stuck(viewer: Any, *, most: int = 100) -> list[Stage]:
    """Stages that have found too few people to ask."""
    return list(
        Stage.objects.filter(is_stuck=True, approval__in=visible_to(viewer).values("pk"))
        .select_related("approval__ticket")
        .order_by("asked_at")[:most]
    )


def stand_ins_of(person: Any) -> list[StandIn]:
    """Whom somebody has named to decide for them, now and later."""
    today = clock.now().date()
    return list(
        StandIn.objects.filter(person=person, has_ended=False, last_day__gte=today)
        .select_related("to")
        .order_by("first_day")
    )


def stands_in_for(person: Any) -> list[StandIn]:
    """For whom somebody decides, now and later."""
    today = clock.now().date()
    return list(
        StandIn.objects.filter(to=person, has_ended=False, last_day__gte=today)
        .select_related("person")
        .order_by("first_day")
    )


def meetings_for(viewer: Any) -> QuerySet[Meeting]:
    """The meetings of teams one works in; for whoever sees every approval, all of them."""
    teams = TeamMember.objects.filter(person=viewer).values("team")
    found = Meeting.objects.select_related("team", "held_by").order_by("-at", "-id")
    return found.filter(team__in=teams)


def boards_of(viewer: Any) -> QuerySet[Team]:
    """The teams that can meet: those one leads."""
    return Team.objects.filter(is_active=True, memberships__person=viewer, memberships__is_lead=True)


def agenda_of(meeting: Meeting) -> list[Stage]:
    """What the board will decide: the stages that ask its people and wait for a meeting."""
    people = TeamMember.objects.filter(team=meeting.team_id).values("person")
    waiting = Stage.objects.filter(
        standing=Stage.Standing.ASKING, plan__is_meeting=True, seats__is_open=True, seats__person__in=people
    )
    return list(waiting.select_related("approval__ticket", "approval__requester").order_by("asked_at", "id").distinct())


def decided_in(meeting: Meeting) -> list[Stage]:
    return list(meeting.stages.select_related("approval__ticket", "approval__requester").order_by("decided_at", "id"))


def value_of(viewer: Any, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """By what was asked for: how often, how often refused, and the hours people waited. What nobody ever refuses

    could be approved beforehand.
    """
    found = Approval.objects.filter(
        is_open=False, decided_at__gte=since, decided_at__lt=until, how__in=["people", "time"],
        state__in=["granted", "refused", "expired"], pk__in=visible_to(viewer).values("pk"),
    )  # fmt: skip
    rows: dict[Any, dict[str, Any]] = {}
    fields = ("rule_id", "rule__name", "title", "state", "asked_at", "decided_at", "cost")
    decided: Any = found.order_by().values(*fields)
    for row in decided:
        key = row["rule_id"] or row["title"]
        line = rows.setdefault(
            key,
            {"name": row["rule__name"] or row["title"], "rule": row["rule_id"], "many": 0, "refused": 0, "expired": 0,
             "hours": 0.0, "most": None},
        )  # fmt: skip
        line["many"] += 1
        line["refused"] += row["state"] == "refused"
        line["expired"] += row["state"] == "expired"
        line["hours"] += (row["decided_at"] - row["asked_at"]).total_seconds() / 3600
        if row["cost"] is not None:
            line["most"] = max(line["most"] or 0, row["cost"])
    return sorted(rows.values(), key=lambda line: (-line["hours"], line["name"]))


def _searched(rows: QuerySet[Seat], text: str) -> QuerySet[Seat]:
    return rows.filter(_words(text, "stage__approval__")) if text.strip() else rows


def _words(text: str, path: str) -> Q:
    """Number, subject, what for, or who asks."""
    folded = fold(text)
    found = (
        Q(**{f"{path}ticket__subject_folded__contains": folded})
        | Q(**{f"{path}title__icontains": text.strip()})
        | Q(**{f"{path}requester__folded__contains": folded})
    )
    number = whole_number(text.strip().lstrip("#"))
    return found | Q(**{f"{path}ticket_id": number}) if number is not None else found
