"""Reads. Each begins with who is looking."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.database.prepared import Prepared
from firstline.core.events import Audience, kind_of, names
from firstline.core.events.models import Event
from firstline.core.text.markdown import to_html
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team, TeamMember
from firstline.work.catalog.queries import Record, plug_in_choices, plug_in_record
from firstline.work.intake.models import Submission
from firstline.work.intake.queries.forms import asking
from firstline.work.intake.queries.words import Line, lines
from firstline.work.intake.rules import plug_in_reader

from .events import TicketStatusChanged
from .models import UNSOLVED, Category, CustomField, Filing, Kind, Link, Participant, Status, StatusType, Tag, Ticket
from .rules import is_on_the_desk, reads_internals, seen_by


def visible_to(person: Any) -> QuerySet[Ticket]:
    """The tickets this person may see: the only way to a ticket."""
    condition = seen_by(person)
    return Ticket.objects.all() if condition is None else Ticket.objects.filter(condition)


def unsolved_for(person: Any) -> QuerySet[Ticket]:
    return visible_to(person).filter(is_unsolved=True, merged_into__isnull=True)


def requested_by(person: Any) -> QuerySet[Ticket]:
    """The person's own requests, and those they are affected by or copied on: what the portal shows.

    Found by two indexes and put together; with OR both databases would walk through everybody's tickets.
    """
    own = Ticket.objects.filter(requester=person).order_by().values("pk")
    roles = [Participant.Role.AFFECTED, Participant.Role.CC]
    copied = Participant.objects.filter(person=person, role__in=roles).order_by().values("ticket_id")
    return Ticket.objects.filter(pk__in=own.union(copied))


def statuses_of(kind: str) -> list[Status]:
    return _statuses_in_use(str(kind))


_statuses_in_use = Prepared(
    lambda kind: Status.objects.filter(kind=kind, is_active=True).order_by("position", "id"), str
)


def first_status(kind: str, status_type: str) -> Status:
    """The first active status of a type; every kind keeps at least one of each of the five."""
    for found in _statuses(str(kind), str(status_type)):
        return found
    raise LookupError(f"There is no status of type {status_type} for {kind}.")


# The active ones come first.
_statuses = Prepared(
    lambda kind, status_type: Status.objects.filter(kind=kind, type=status_type).order_by(
        "-is_active", "position", "id"
    )[:1],
    str, str,
)  # fmt: skip


def categories() -> list[Category]:
    """The active tree in reading order (a branch before its twigs)."""
    by_parent: dict[int | None, list[Category]] = {}
    for category in Category.objects.filter(is_active=True).order_by("name"):
        by_parent.setdefault(category.parent_id, []).append(category)

    def below(parent: int | None, depth: int) -> Iterable[Category]:
        for category in by_parent.get(parent, []):
            category.depth = depth  # type: ignore[attr-defined]
            yield category
            yield from below(category.pk, depth + 1)

    return list(below(None, 0))


def custom_fields(kind: str | None = None) -> list[CustomField]:
    fields = _custom_fields()
    return [field for field in fields if kind is None or not field.kinds or kind in field.kinds]


_custom_fields = Prepared(lambda: CustomField.objects.filter(is_active=True))


def events_of(
    ticket: Ticket, person: Any, *, as_requester: bool = False, known: names.Names | None = None
) -> list[Event]:  # fmt: skip
    """The ticket's history as far as this person may read it, oldest first, with names attached.

    `known` are names at hand, as the desk says them. A requester reads statuses by the names the desk chose for them;
    a step between two that they know by one name is no news to them.
    """
    desk = not as_requester and reads_internals(person, ticket)
    merged = [each["id"] for each in around(ticket).merged]
    history = _events_of_several([ticket.pk, *merged]) if merged else _events_of_one(ticket.pk)
    found = [
        event
        for event in history
        if (kind := kind_of(event.kind)) is None or desk or kind.audience is Audience.EVERYBODY
    ]
    names.attach(
        found,
        called=None if desk else {"status": "requester_status"},
        known=_known_people(ticket, found) | dict(known or {} if desk else {}),
    )
    return found if desk else [event for event in found if not _says_nothing(event)]


def _events_of_several(tickets: Sequence[int]) -> QuerySet[Event]:
    events = Event.objects.filter(subject_noun="ticket", subject_id__in=tickets)
    return events.select_related("actor").order_by("id")


_events_of_one = Prepared(
    lambda ticket: (
        Event.objects.filter(subject_noun="ticket", subject_id=ticket).select_related("actor").order_by("id")
    ),
    int,
)


def _known_people(ticket: Ticket, events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """Names that need no asking: whoever is loaded with the ticket or has done something on it."""
    here = [ticket.__dict__["_state"].fields_cache.get(part) for part in ("requester", "owner", "opened_by")]
    people = [*here, *(event.actor for event in events)]
    return {("person", person.pk): person.display_name for person in people if person is not None}


class StatusInUse(NamedTuple):
    pk: int
    name: str
    type: str


class FieldInUse(NamedTuple):
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Around:
    """What hangs on a ticket: names of tags, links (type, source, target), what was merged into it (id, subject).

    And what its kind brings with it: the statuses it can be put into and the organisation's own fields, in their order.
    """

    tags: tuple[str, ...]
    links: tuple[tuple[str, int, int], ...]
    merged: tuple[dict[str, Any], ...]
    statuses: tuple[StatusInUse, ...]
    fields: tuple[FieldInUse, ...]


def around(ticket: Ticket) -> Around:
    """One query, kept on the ticket object for as long as a page draws it."""
    known: Around | None = ticket.__dict__.get("_around")
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_AROUND, [*[ticket.pk] * 4, str(ticket.kind)])
            rows = sorted(cursor.fetchall())
        known = ticket.__dict__["_around"] = Around(
            tags=tuple(sorted(words for what, _place, _id, words, *_more in rows if what == "tag")),
            links=tuple(
                (words, source, target) for what, _place, _id, words, _type, source, target in rows if what == "link"
            ),
            merged=tuple(
                {"id": id_, "subject": words} for what, _place, id_, words, *_more in rows if what == "merged"
            ),
            statuses=tuple(
                StatusInUse(id_, words, type_) for what, _place, id_, words, type_, *_more in rows if what == "status"
            ),
            fields=tuple(
                FieldInUse(more.partition(" ")[0], words)
                for what, _place, _id, words, more, *_ends in rows
                if what == "field" and _fits(more.partition(" ")[2], ticket.kind)
            ),
        )
    return known


def _fits(kinds: str, kind: str) -> bool:
    """Whether a field whose `kinds` (JSON) are these belongs to a kind of ticket; none means all."""
    return (chosen := json.loads(kinds)) == [] or kind in chosen


_AROUND = """
SELECT 'tag', 0, tag.id, tag.name, '', 0, 0
FROM ticket_tagged tagged JOIN ticket_tag tag ON tag.id = tagged.tag_id WHERE tagged.ticket_id = %s
UNION ALL SELECT 'link', 0, id, type, '', source_id, target_id FROM ticket_link WHERE source_id = %s OR target_id = %s
UNION ALL SELECT 'merged', 0, id, subject, '', 0, 0 FROM ticket WHERE merged_into_id = %s
UNION ALL SELECT 'status', position, id, name, type, 0, 0 FROM ticket_status WHERE kind = %s AND is_active
UNION ALL SELECT 'field', position, id, label, key || ' ' || CAST(kinds AS text), 0, 0
FROM ticket_custom_field WHERE is_active
"""


def open_children(ticket: Ticket) -> QuerySet[Ticket]:
    """Children that are not solved: they keep their parent from being closed."""
    return Ticket.objects.filter(
        links_in__source=ticket, links_in__type=Link.Type.PARENT, state__in=UNSOLVED, merged_into__isnull=True
    )


def going_on_in(ticket: Ticket) -> Ticket:
    """The ticket in which this one goes on, after any number of merges."""
    for _hop in range(20):
        if ticket.merged_into_id is None:
            return ticket
        ticket = ticket.merged_into  # type: ignore[assignment]
    return ticket


def people_of(ticket: Ticket) -> dict[str, list[int]]:
    """Everybody with a part in a ticket, by what they are to it."""
    found: dict[str, list[int]] = {"requester": [ticket.requester_id]}
    if ticket.owner_id is not None:
        found["owner"] = [ticket.owner_id]
    for person, role in Participant.objects.filter(ticket=ticket).values_list("person_id", "role"):
        found.setdefault(role, []).append(person)
    return found


def workers_of(ticket: Ticket) -> dict[str, list[int]]:
    """Who works on it or reads along on the desk; the whole team while nobody owns it."""
    everybody = people_of(ticket)
    found: dict[str, list[int]] = {r: p for r, p in everybody.items() if r in {"owner", "collaborator", "watcher"}}
    if ticket.owner_id is None:
        found["team"] = members_of(ticket.team_id)
    return found


def members_of(team: int | None) -> list[int]:
    return list(TeamMember.objects.filter(team=team).values_list("person_id", flat=True)) if team else []


def _says_nothing(event: Event) -> bool:
    return event.kind == TicketStatusChanged.key and event.name("status", "from") == event.name("status", "to")


def _names_of_people(ids: Iterable[int]) -> dict[int, str]:

    return {person.pk: person.display_name for person in Person.objects.filter(pk__in=list(ids))}


def _names_of_teams(ids: Iterable[int]) -> dict[int, str]:

    return dict(Team.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


names.register("person", _names_of_people)
names.register("team", _names_of_teams)
names.register("status", lambda ids: dict(Status.objects.filter(pk__in=list(ids)).values_list("pk", "name")))
names.register(
    "requester_status", lambda ids: dict(Status.objects.filter(pk__in=list(ids)).values_list("pk", "requester_label"))
)
names.register("category", lambda ids: dict(Category.objects.filter(pk__in=list(ids)).values_list("pk", "name")))

# ------------------------------------------------------------------------------------------ asked for by a form


def answers_of(ticket: Ticket) -> tuple[Filing | None, list[Line]]:
    """The form it was asked for by, and what was answered that is about this ticket, in the reader's words."""
    filing = (
        Filing.objects.filter(ticket=ticket.pk)
        .select_related("offering", "submission__version__form", "submission__requester", "submission__person")
        .first()
    )
    if filing is None:
        return None, []
    version = filing.submission.version
    questions = asking(version, filing.submission.requester or ticket.requester).questions
    if filing.place and filing.offering is not None:
        rows = filing.offering.rows
        questions = tuple(inner for each in questions for inner in (each.questions if each.key == rows else (each,)))
    return filing, lines(questions, filing.answers)


def answers_panel(ticket: Ticket, person: Any) -> dict[str, Any] | None:
    """What was answered, how it is done, and what was made of the same form: for the page of the ticket."""
    filing, answers = answers_of(ticket)
    if filing is None:
        return None
    offering = filing.offering
    others = visible_to(person).filter(filing__submission=filing.submission_id).exclude(pk=ticket.pk)
    return {
        "filing": filing,
        "answers": answers,
        "offering": offering,
        "procedure": to_html(offering.procedure) if offering else "",
        "requirements": offering.requirements if offering else [],
        "others": list(others.values("id", "subject", "is_unsolved").order_by("id")[:50]),
        "filled_in_by": filing.submission.person if filing.submission.person_id != ticket.requester_id else None,
    }


def made_of(submission: Submission, person: Any) -> list[Ticket]:
    """The tickets a submission became, as far as this person sees them."""
    seen = Q(pk__in=requested_by(person).values("pk"))
    if is_on_the_desk(person):
        seen |= Q(pk__in=visible_to(person).values("pk"))
    made = Ticket.objects.filter(seen, filing__submission=submission)
    return list(made.select_related("status", "team").order_by("filing__id"))


def _records_of_offerings(ids: Iterable[int]) -> Mapping[int, Record]:
    """How often each was asked for in the last 90 days, and how long it took until it was solved."""
    since = clock.now() - timedelta(days=90)
    took: dict[int, list[float]] = defaultdict(list)
    asked: dict[int, int] = defaultdict(int)
    rows = Filing.objects.filter(offering__in=list(ids), ticket__created_at__gte=since).order_by("-id")
    for offering, opened, solved in rows.values_list("offering", "ticket__created_at", "ticket__resolved_at")[:20_000]:
        asked[offering] += 1
        if solved is not None:
            took[offering].append((solved - opened).total_seconds() / 3600)
    return {offering: _record(count, sorted(took[offering])) for offering, count in asked.items()}


def _record(count: int, hours: list[float]) -> Record:
    if len(hours) < FEWEST_TO_MEASURE:
        return Record(count)
    return Record(count, median(hours), hours[min(len(hours) - 1, int(len(hours) * 0.9))])


FEWEST_TO_MEASURE = 3  # one quick ticket is no promise


def _category_choices() -> list[tuple[str, str]]:
    return [(str(each.pk), "\u2007\u2007" * each.depth + each.name) for each in categories()]  # type: ignore[attr-defined]


plug_in_record(_records_of_offerings)
plug_in_choices("ticket_category", _category_choices)
plug_in_reader(lambda person, submission: visible_to(person).filter(filing__submission=submission).exists())

__all__ = [
    "Kind", "StatusType", "Tag", "categories", "custom_fields", "events_of", "first_status", "going_on_in",
    "members_of", "open_children", "people_of", "requested_by", "statuses_of", "unsolved_for", "visible_to",
    "workers_of",
]  # fmt: skip


def kind_label(kind: str) -> str:
    """The kind in the reader's language."""
    return _(str(Kind(kind).label))
