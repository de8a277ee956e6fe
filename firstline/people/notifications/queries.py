"""Reads of notices. What a reader may not see any more is neither counted nor shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from firstline.core.actions import may
from firstline.core.preferences.house import LANGUAGE, ORGANISATION_NAME, TIME_ZONE

from .engine.rhythm import Quiet
from .engine.words import fill, one_line
from .fields import COMMON, Channel, Kind, all_kinds, kind_of, knows, subject_of
from .models import Choice, Device, Notice, Reason, Rhythm, Target, Wording

MOST_UNREAD = 100  # nobody counts further; the bell says "99+"
Readable = Mapping[tuple[str, int], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as its reader sees it."""

    pk: int
    title: str
    url: str
    at: datetime
    is_read: bool
    icon: str
    why: str
    actor: str
    kind: str


def inbox_of(person: Any) -> QuerySet[Notice]:
    """The notices in somebody's inbox."""
    return Notice.objects.filter(person=person, in_inbox=True)


def unread_count(person: Any) -> int:
    """How many notices are new; at most MOST_UNREAD, and only about what the person may see now."""
    rows = list(
        inbox_of(person).filter(read_at__isnull=True).order_by("-id").values("about_noun", "about_id")[:MOST_UNREAD]
    )
    seen = readable(person, ((row["about_noun"], row["about_id"]) for row in rows))
    return sum(not row["about_noun"] or (row["about_noun"], row["about_id"]) in seen for row in rows)


def readable(person: Any, things: Iterable[tuple[str, int | None]]) -> Readable:
    """The placeholders of those of these things that the person may see now: one reading per noun."""
    by_noun: dict[str, set[int]] = defaultdict(set)
    for noun, number in things:
        if noun and number is not None:
            by_noun[noun].add(number)
    found: dict[tuple[str, int], Mapping[str, str]] = {}
    for noun, numbers in by_noun.items():
        subject = subject_of(noun)
        if subject is not None:
            found.update({(noun, number): words for number, words in subject.read(person, numbers).items()})
    return found


def lines(person: Any, notices: Iterable[Notice]) -> list[Line]:
    """Notices in the reader's words. Those whose subject they may not see any more are left out."""
    listed = [notice for notice in notices if knows(notice.kind)]
    seen = readable(person, ((notice.about_noun, notice.about_id) for notice in listed))
    texts = wordings({notice.kind for notice in listed})
    return [
        _line(notice, person, seen, texts)
        for notice in listed
        if not notice.about_noun or (notice.about_noun, notice.about_id) in seen
    ]


def wordings(kinds: Iterable[str]) -> dict[str, Wording]:
    """The organisation's own words for these kinds in the language of now."""
    language = get_language() or settings.LANGUAGE_CODE
    return {row.kind: row for row in Wording.objects.filter(kind__in=set(kinds), language=language)}


def words_for(notice: Notice, person: Any, about: Mapping[str, str]) -> dict[str, str]:
    """What the placeholders of a notice stand for."""
    return {
        **{name: str(value) for name, value in notice.facts.items() if value is not None},
        **about,
        "actor": notice.actor.display_name if notice.actor is not None else ORGANISATION_NAME.get(),
        "person": person.short_name if person is not None else "",
        "why": ", ".join(notice.reason_labels),
        "organisation": ORGANISATION_NAME.get(),
        "link": settings.BASE_URL + path_of(notice, person),
    }


def path_of(notice: Notice, person: Any) -> str:
    """Where the notice leads."""
    subject = subject_of(notice.about_noun)
    if subject is None or notice.about_id is None or person is None:
        return "/notices"
    return subject.link(person, notice.about_id)


def title_of(notice: Notice, words: Mapping[str, str], wording: Wording | None) -> str:
    return one_line(fill(wording.title if wording else str(kind_of(notice.kind).title), words))


def text_of(notice: Notice, words: Mapping[str, str], wording: Wording | None) -> str:
    return fill(wording.text if wording else str(kind_of(notice.kind).text), words).strip()


def is_desk(person: Any) -> bool:
    return may(person, "desk.enter")


def chosen(people: Iterable[int], kind: Kind) -> dict[int, dict[str, bool]]:
    """What these people (ids) have chosen about one kind: channel to yes or no."""
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for row in Choice.objects.filter(person__in=list(people), kind=kind.key):
        found[row.person_id][row.channel] = row.is_on
    return found


def channels_of(kind: Kind, choices: Mapping[str, bool], *, desk: bool) -> set[str]:
    """The channels one person gets a kind by."""
    defaults = kind.default(is_desk=desk)
    return {channel for channel in kind.channels if choices.get(channel, channel in defaults)}


def matrix(person: Any) -> list[tuple[Kind, dict[str, bool | None]]]:
    """Every kind this person can get, and whether each channel is on; None: this way does not exist for it."""
    desk = is_desk(person)
    mine: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in Choice.objects.filter(person=person):
        mine[row.kind][row.channel] = row.is_on
    found: list[tuple[Kind, dict[str, bool | None]]] = []
    for kind in all_kinds(is_desk=desk):
        on = channels_of(kind, mine[kind.key], desk=desk)
        found.append((kind, {c: c in on if c in kind.channels else None for c in Channel.values}))
    return found


def rhythm_of(person: Any) -> Rhythm:
    return Rhythm.objects.filter(person=person).first() or Rhythm(person=person)


def quiet_of(rhythm: Rhythm) -> Quiet:
    return Quiet(rhythm.quiet_from, rhythm.quiet_until, rhythm.quiet_weekends)


def zone_of(person: Any) -> ZoneInfo:
    try:
        return ZoneInfo(person.time_zone if person is not None and person.time_zone else TIME_ZONE.get())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def language_of(person: Any) -> str:
    """The reader's; the organisation's for the chat of a team."""
    return str(person.language if person is not None and person.language else LANGUAGE.get())


def _line(notice: Notice, person: Any, seen: Readable, texts: Mapping[str, Wording]) -> Line:
    about = seen.get((notice.about_noun, notice.about_id or 0), {})
    return Line(
        pk=notice.pk,
        title=title_of(notice, words_for(notice, person, about), texts.get(notice.kind)),
        url=path_of(notice, person),
        at=notice.at,
        is_read=notice.read_at is not None,
        icon="bell",
        why=", ".join(str(Reason(r).label) for r in Reason.values if r in notice.reasons[:3]),
        actor=notice.actor.display_name if notice.actor is not None else "",
        kind=str(kind_of(notice.kind).label),
    )


def placeholders_of(kind: Kind) -> dict[str, str]:
    """What can stand in braces in the texts of a kind, and what it means."""
    subject = subject_of("ticket")  # what nearly every notice is about; in the others these stay a dash
    about = subject.placeholders if subject is not None else {}
    return {name: str(label) for name, label in {**about, **kind.facts, **COMMON}.items()}


def ways_of(people: Iterable[Any]) -> dict[int, set[str]]:
    """By person (id): the channels that lead anywhere, because a device or a chat is there."""
    listed = [person.pk for person in people]
    found: dict[int, set[str]] = defaultdict(set)
    for pk in Device.objects.filter(person__in=listed).values_list("person_id", flat=True):
        found[pk].add(Channel.PUSH)
    for pk in Target.objects.filter(person__in=listed, is_active=True).values_list("person_id", flat=True):
        found[pk].add(Channel.CHAT)
    return found
