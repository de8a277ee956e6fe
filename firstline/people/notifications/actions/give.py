from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.core.live.announce import announce
from firstline.people.accounts.models import Person
from firstline.people.notifications.engine.rhythm import after_quiet, next_digest
from firstline.people.notifications.events import DeskTold, RequesterTold
from firstline.people.notifications.fields import Channel, Kind, kind_of
from firstline.people.notifications.models import Delivery, Notice, Reason, Rhythm, Target
from firstline.people.notifications.queries import (
    channels_of,
    chosen,
    is_desk,
    quiet_of,
    readable,
    ways_of,
    zone_of,
)
from firstline.people.teams.models import Team

Whom = Person | int | None
# What is older was told too late (the worker was off, a world was made up): it stands in the inbox, and rings nowhere.
STALE = timedelta(days=1)
LONG_AGO = timedelta(days=3)  # … and nobody calls it new


@action("notice.give", permission="notice.give")
def notify(
    kind: str | Kind,
    to: Mapping[str, Iterable[Whom]],
    *,
    about: Any = None,
    event: Event | None = None,
    facts: Mapping[str, Any] | None = None,
    occasion: str = "",
    teams: Iterable[Team] = (),
    knows_by_mail: Collection[int] = (),
    besides: Iterable[Whom] = (),
    by: Any,
) -> list[Notice]:
    """Tell people of something, each by the ways they have chosen; nobody twice for one occasion, never the actor."""
    kind = kind_of(kind) if isinstance(kind, str) else kind
    occasion = occasion or (f"event:{event.pk}" if event is not None else "")
    if not occasion:
        raise ValueError("A notice needs an event or an occasion: it is what keeps people from being told twice.")
    actor = event.actor_id if event is not None else by.pk if by is not None else None
    noun, number = (about.noun, about.pk) if about is not None else ("", None)
    reasons = _reasons(to, besides={actor, *(_pk(each) for each in besides)})
    readers = _readers(reasons, kind, noun, number, occasion)
    common = {
        "kind": kind.key, "occasion": occasion, "about_noun": noun, "about_id": number, "actor_id": actor,
        "event": event, "facts": dict(facts or {}), "at": event.at if event is not None else clock.now(),
    }  # fmt: skip
    given = _to_people(kind, readers, reasons, common, knows_by_mail)
    given += _to_teams(kind, teams, common)
    if kind.is_logged and about is not None and noun == "ticket":
        _log(kind, about, [person for person in readers if any(notice.person_id == person.pk for notice in given)])
    return given


def _reasons(to: Mapping[str, Iterable[Whom]], *, besides: set[int | None]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for reason, people in to.items():
        for each in people:
            pk = _pk(each)
            if pk is not None and pk not in besides:
                found.setdefault(pk, []).append(Reason(reason).value)
    return found


def _pk(each: Whom) -> int | None:
    return each.pk if isinstance(each, Person) else each


def _readers(reasons: Iterable[int], kind: Kind, noun: str, number: int | None, occasion: str) -> list[Person]:
    """Those who are there, may have this kind, may see what it is about, and have not been told."""
    ids = set(reasons)
    if not ids:
        return []
    ids -= set(Notice.objects.filter(occasion=occasion, person__in=ids).values_list("person_id", flat=True))
    people = Person.objects.filter(pk__in=ids, is_active=True).order_by("pk")
    return [
        person
        for person in people
        if (kind.for_desk if is_desk(person) else kind.for_others)
        and (number is None or (noun, number) in readable(person, [(noun, number)]))
    ]


def _to_people(
    kind: Kind,
    readers: list[Person],
    reasons: Mapping[int, list[str]],
    common: dict[str, Any],
    knows_by_mail: Collection[int],
) -> list[Notice]:
    choices = chosen([person.pk for person in readers], kind)
    leads = ways_of(readers)
    rhythms = {row.person_id: row for row in Rhythm.objects.filter(person__in=readers)}
    notices, ways = [], []
    for person in readers:
        on = channels_of(kind, choices.get(person.pk, {}), desk=is_desk(person))
        if person.pk in knows_by_mail or not person.email:
            on.discard(Channel.MAIL)
        on -= {Channel.PUSH, Channel.CHAT} - leads.get(person.pk, set())
        if not on:
            continue
        in_inbox, age = Channel.INBOX in on, clock.now() - common["at"]
        notice = Notice(
            **common, person=person, reasons=reasons[person.pk], in_inbox=in_inbox,
            read_at=None if in_inbox and age < LONG_AGO else clock.now(),
        )  # fmt: skip
        notice.save(force_insert=True)
        notices.append(notice)
        rhythm = rhythms.get(person.pk) or Rhythm(person=person)
        if age < STALE:
            ways += [_way(notice, channel, kind, person, rhythm) for channel in sorted(on - {Channel.INBOX})]
    Delivery.objects.bulk_create(ways)
    announce(*(f"inbox:{notice.person_id}" for notice in notices if notice.in_inbox))
    return notices


def _way(notice: Notice, channel: str, kind: Kind, person: Person, rhythm: Rhythm) -> Delivery:
    now = clock.now()
    due = when(now, channel, kind, person, rhythm)
    state = Delivery.State.HELD if due > now else Delivery.State.WAITING
    return Delivery(notice=notice, channel=channel, state=state, due_at=due)


def when(now: datetime, channel: str, kind: Kind, person: Person, rhythm: Rhythm) -> datetime:
    """When a notice goes out by a channel: now, with the next digest, and never within quiet hours."""
    if kind.is_urgent and rhythm.urgent_passes:
        return now
    zone, due = zone_of(person), now
    if channel == Channel.MAIL and rhythm.digest:
        daily = rhythm.daily_at if rhythm.digest == Rhythm.Digest.DAILY else None
        due = next_digest(now, zone, daily_at=daily)
    return after_quiet(due, quiet_of(rhythm), zone)


def _to_teams(kind: Kind, teams: Iterable[Team], common: dict[str, Any]) -> list[Notice]:
    """A team's chat is told once, if somebody has set one up. Nobody reads an inbox for it."""
    wanted = {team.pk: team for team in teams}
    with_chat = set(Target.objects.filter(team__in=wanted, is_active=True).values_list("team_id", flat=True))
    told = set(Notice.objects.filter(occasion=common["occasion"], team__in=wanted).values_list("team_id", flat=True))
    notices = []
    is_wanted = Channel.CHAT in kind.channels and clock.now() - common["at"] < STALE
    for pk in sorted(with_chat - told) if is_wanted else []:
        notice = Notice(**common, team=wanted[pk], reasons=[Reason.TEAM], in_inbox=False, read_at=clock.now())
        notice.save(force_insert=True)
        notices.append(notice)
    Delivery.objects.bulk_create(
        Delivery(notice=notice, channel=Channel.CHAT, due_at=clock.now()) for notice in notices
    )
    return notices


def _log(kind: Kind, about: Any, told: list[Person]) -> None:
    """What no person did is seen in the timeline; a requester reads of their own side only."""
    for event_kind, people in (
        (DeskTold, [person.pk for person in told if is_desk(person)]),
        (RequesterTold, [person.pk for person in told if not is_desk(person)]),
    ):
        if people:
            record(about, event_kind, kind=kind.key, people=people)
