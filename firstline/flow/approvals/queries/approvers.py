"""Who is asked: from the words of a plan to people who are here, and whose own request it is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from firstline.core import clock
from firstline.flow.approvals.engine.plans import Asked, Who
from firstline.flow.approvals.models import Approval, CategoryOwner, StandIn
from firstline.people.access.models import Grant
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department, Membership
from firstline.people.organisations.queries import manager_of
from firstline.people.teams.models import TeamMember
from firstline.people.teams.queries import deputy_of, is_absent

MOST = 200  # people in one stage
LONGEST_LINE = 10  # managers of managers
OWN, LEFT = "own", "left"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who will be asked, and how it came."""

    person: Person
    why: str
    for_person: Person | None = None
    until: date | None = None
    stand_in: StandIn | None = None


@dataclass(slots=True)
class Found:
    """Who is asked, and who was passed over and why."""

    candidates: list[Candidate] = field(default_factory=list)
    passed_over: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [each.person.pk for each in self.candidates]


def find(asked: Iterable[Asked], approval: Approval, *, fallback: Iterable[Asked] = ()) -> Found:
    """The people of these words; those of the fallback if there is nobody."""
    found = Found()
    for words in (asked, fallback):
        for each in words:
            for person in _named(each, approval):
                _take(found, person, each.who, approval)
        if found.candidates:
            break
    del found.candidates[MOST:]
    return found


def holder_for(person: Person, approval: Approval) -> tuple[Person, date | None, StandIn | None]:
    """Who decides in somebody's place today: whom they have named, else their deputy while they are away."""
    today = clock.now().date()
    stand_in = (
        StandIn.objects.filter(person=person, first_day__lte=today, last_day__gte=today, has_ended=False)
        .select_related("to")
        .order_by("-pk")
        .first()
    )
    if stand_in is not None and stand_in.to.is_active and stand_in.to_id != approval.requester_id:
        return stand_in.to, stand_in.last_day, stand_in
    if is_absent(person, today):
        deputy = deputy_of(person, today)
        if deputy is not None and deputy.pk != approval.requester_id:
            return deputy, None, None
    return person, None, None


def _take(found: Found, person: Person, who: Who, approval: Approval) -> None:
    """Ask this person, or whoever stands in; instead of one who cannot decide, the next manager up the line."""
    for each in _up_from(person, who):
        if each.pk == approval.requester_id:
            _pass_over(found, each, OWN)
        elif not each.is_active:
            _pass_over(found, each, LEFT)
        else:
            holder, until, stand_in = holder_for(each, approval)
            if holder.pk not in found.ids:
                in_place_of = each if holder.pk != each.pk else None
                found.candidates.append(Candidate(holder, who.value, in_place_of, until, stand_in))
            return


def _up_from(person: Person, who: Who) -> Iterator[Person]:
    """The person; after them their managers, where one certain person was meant and not a group."""
    yield person
    if who in {Who.ROLE, Who.TEAM, Who.LEADS}:
        return
    seen = {person.pk}
    above = manager_of(person)
    while above is not None and above.pk not in seen and len(seen) < LONGEST_LINE:
        yield above
        seen.add(above.pk)
        above = manager_of(above)


def _pass_over(found: Found, person: Person, because: str) -> None:
    line = {"person": person.pk, "because": because}
    if line not in found.passed_over:
        found.passed_over.append(line)


def _named(asked: Asked, approval: Approval) -> list[Person]:
    people, key = Person.objects.order_by("name", "pk"), asked.key or 0
    match asked.who:
        case Who.PERSON:
            return list(people.filter(pk=key))
        case Who.ROLE:
            return list(people.filter(is_active=True, pk__in=Grant.objects.filter(role=key).values("person"))[:MOST])
        case Who.TEAM:
            members = TeamMember.objects.filter(team=int(key))
            return list(people.filter(is_active=True, pk__in=members.values("person"))[:MOST])
        case Who.LEADS:
            leads = TeamMember.objects.filter(team=int(key), is_lead=True)
            return list(people.filter(pk__in=leads.values("person"))[:MOST])
        case Who.MANAGER:
            manager = manager_of(approval.requester)
            return [manager] if manager is not None else []
        case Who.HEAD:
            return _head(asked.key, approval)
    return _owner(approval)


def _head(department: int | str | None, approval: Approval) -> list[Person]:
    """The head of that department, or of the requester's own."""
    if department is None:
        membership = Membership.objects.select_related("department__head").filter(person=approval.requester_id).first()
        found = membership.department if membership is not None else None
    else:
        found = Department.objects.select_related("head").filter(pk=department).first()
    return [found.head] if found is not None and found.head is not None else []


def _owner(approval: Approval) -> list[Person]:
    """Whoever owns the category, or the nearest one above it that has an owner."""
    category = approval.ticket.category
    if category is None:
        return []
    line = [int(part) for part in category.path.split("/") if part] or [category.pk]
    owners = {
        row.category_id: row.person for row in CategoryOwner.objects.filter(category__in=line).select_related("person")
    }
    return next(([owners[pk]] for pk in reversed(line) if pk in owners), [])
