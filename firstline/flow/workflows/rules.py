"""How a run reads its data: who is meant, what texts say, when something is due, which net a version is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from cronsim import CronSim, CronSimError
from dateutil.rrule import rrulestr
from django.db.models import Q

from firstline.core.calendars.engine.days import shift, wall_clock
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.engine.working import WorkingTime
from firstline.core.calendars.reading import house_time
from firstline.flow.approvals.models import CategoryOwner
from firstline.people.access.models import Grant
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import by_email
from firstline.people.notifications.engine.words import fill
from firstline.people.organisations.models import Membership
from firstline.people.organisations.queries import manager_of
from firstline.people.teams.models import Team, TeamMember
from firstline.work.tickets.models import Ticket

from .engine.compiling import compiled
from .engine.definition import Definition, Duration, understand
from .engine.net import Net
from .fields import HouseLanguage
from .models import Version
from .queries.items import names_of

MOST_PEOPLE = 200
LANGUAGE = HouseLanguage()


def net_of(version: Version) -> Net:
    """The net of a published version: compiled once per process, because such a version never changes."""
    return _net(version.pk, version.published_at.isoformat() if version.published_at else "")


@lru_cache(maxsize=500)
def _net(version: int, _published: str) -> Net:
    found = Version.objects.get(pk=version)
    definition, _problems = understand(found.document)
    if definition is None:
        raise ValueError(f"Version {found} holds no definition.")
    return compiled(definition, LANGUAGE, found.number)


def definition_of(net: Net) -> Definition:
    if not isinstance(net.source, Definition):
        raise TypeError(f"{net.key} was not made from a definition.")
    return net.source


# Time.


def working_time() -> WorkingTime:
    """The hours that working time is counted in: those of the first calendar in use."""
    return house_time()


def moment_after(span: Duration, now: datetime) -> datetime:
    """So long after now; working time by the calendar, round the clock where it has none."""
    if span.elapsed is not None:
        return now + span.elapsed
    try:
        if span.days:
            return shift(working_time(), now, span.days)
        return working_time().add(now, timedelta(seconds=span.seconds))
    except CalendarWrong:
        return now + timedelta(days=span.days, seconds=span.seconds)


def moment_of_day(text: str) -> datetime | None:
    """When a day of the calendar begins: at its opening on a working day, else at midnight. None for what is no day."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    working = working_time()
    midnight = wall_clock(working, day, datetime.min.time())
    try:
        opening = working.next_open(midnight)
    except CalendarWrong:
        return midnight
    return opening if working.local(opening).date() == day else midnight


BY_CALENDAR = "schedule"  # of a way in


def next_moment(said: str, now: datetime) -> datetime | None:
    """When a schedule is due next, strictly after now; None if never again. Five fields of cron, or a rule of
    RFC 5545 (`FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9`); both in the hours of the house. `ValueError` if it is neither."""
    zone = working_time().zone
    here = now.astimezone(zone)
    if "FREQ=" in said.upper():
        begin = here.replace(minute=0, second=0, microsecond=0, tzinfo=None)
        found = rrulestr(said, dtstart=begin).after(here.replace(tzinfo=None))
        return found.replace(tzinfo=zone).astimezone(UTC) if found is not None else None
    try:
        return next(iter(CronSim(said, here))).astimezone(UTC)
    except (CronSimError, StopIteration) as wrong:
        raise ValueError(str(wrong)) from None


# People.


def address_of(person: Any) -> str:
    """How the data of a run says a person: the address, or the number of one who has none."""
    return str(person.email or f"person:{person.pk}")


def person_of(value: Any) -> Person | None:
    """Whoever a value of the data means: an address, or the number."""
    text = str(value or "").strip().removeprefix("person:")
    if "@" in text:
        return by_email(text)
    return Person.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 16 else None


def by_name(name: str) -> Person | None:
    """The one person of this name; None if nobody or several are called so."""
    found = list(Person.objects.filter(name__iexact=name.strip(), is_active=True)[:2]) if name.strip() else []
    return found[0] if len(found) == 1 else None


def team_of(value: Any) -> Team | None:
    """The team a value means, by name or number."""
    text = str(value or "").strip()
    named = Q(name__iexact=text)
    if text.isdecimal() and len(text) < 16:
        named |= Q(pk=int(text))
    return Team.objects.filter(named, is_active=True).order_by("pk").first() if text else None


def head_of(person: Any) -> Any:
    membership = Membership.objects.select_related("department__head").filter(person=person).first()
    return membership.department.head if membership is not None and membership.department is not None else None


def owner_of_category(category: int | None) -> Any:
    row = CategoryOwner.objects.filter(category=category).select_related("person").first() if category else None
    return row.person if row is not None else None


def asked_of(who: Iterable[str], ticket: Ticket, data: Mapping[str, Any]) -> tuple[list[Any], list[Team]]:
    """The people and the teams that these words mean for this ticket; whoever has left is not among them."""
    people: list[Any] = []
    teams: list[Team] = []
    for each in who:
        word, _colon, name = each.partition(":")
        match word:
            case "requester":
                people.append(ticket.requester)
            case "owner":
                people.append(ticket.owner)
            case "manager":
                people.append(manager_of(ticket.requester))
            case "department_head":
                people.append(head_of(ticket.requester))
            case "service_owner":
                people.append(owner_of_category(ticket.category_id))
            case "person":
                people.append(person_of(name))
            case "field":
                found = person_of(data.get(name))
                people.append(found)
                if found is None and (team := team_of(data.get(name))) is not None:
                    teams.append(team)
            case "role":
                grants = Grant.objects.filter(role=name).values("person")
                people.extend(Person.objects.filter(is_active=True, pk__in=grants).order_by("pk")[:MOST_PEOPLE])
            case "team":
                named = team_of(name) if name else ticket.team
                if named is not None:
                    teams.append(named)
    return list(dict.fromkeys(each for each in people if each is not None and each.is_active)), teams


def members_of(teams: Iterable[Team]) -> list[int]:
    members = TeamMember.objects.filter(team__in=list(teams), person__is_active=True)
    return list(members.values_list("person_id", flat=True)[:MOST_PEOPLE])


# Texts.


def words_of(data: Mapping[str, Any], definition: Definition | None) -> dict[str, str]:
    """The data as people read it: what texts put in place of `{field}`."""
    declared = definition.fields if definition else ()
    people = {"requester"} | {datum.key for datum in declared if datum.type == "person"}
    items = {datum.key for datum in declared if datum.type == "items" and data.get(datum.key)}
    plans = {datum.key for datum in declared if datum.type == "plan"}
    moments = {datum.key for datum in declared if datum.type == "moment"}
    choices = {
        datum.key: {each.key: each.label for each in datum.choices if each.label}
        for datum in declared if datum.type == "choice"
    }  # fmt: skip
    named = names_of(each for key in items for each in _listed(data[key])) if items else {}
    said = {}
    for key, value in data.items():
        if key in items:
            said[key] = ", ".join(named[str(each)] for each in _listed(value))
        elif key in plans:
            said[key] = "\n".join(str(each) for each in _listed(value))
        elif key in choices and value in choices[key]:
            said[key] = choices[key][value]
        elif key in moments:
            said[key] = _moment_said(value)
        else:
            said[key] = _said(value, is_person=key in people)
    return said


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _moment_said(value: Any) -> str:
    """A moment as people read it, by the clock of the house; what is none as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return _said(value, is_person=False)
    return working_time().local(moment).strftime("%Y-%m-%d %H:%M") if moment.tzinfo is not None else value


def _said(value: Any, *, is_person: bool) -> str:
    if value is None or value == "":
        return ""
    if is_person and (person := person_of(value)) is not None:
        return str(person.display_name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_said(each, is_person=False) for each in value)
    return str(value)


def filled(text: str, data: Mapping[str, Any], definition: Definition | None) -> str:
    return fill(text, words_of(data, definition)) if "{" in text else text


def raw(value: Any, data: Mapping[str, Any], words: Mapping[str, str] | None = None) -> Any:
    """A mapped value: a lone `{field}` keeps its type. Texts around fields are for machines, and people stay
    addresses, unless `words` says how people read the fields."""
    if isinstance(value, str):
        lone = value[1:-1] if value.startswith("{") and value.endswith("}") else ""
        if lone in data:
            return data[lone]
        return fill(value, words or {key: _said(each, is_person=False) for key, each in data.items()})
    if isinstance(value, Mapping):
        return {key: raw(inner, data, words) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [raw(inner, data, words) for inner in value]
    return value
