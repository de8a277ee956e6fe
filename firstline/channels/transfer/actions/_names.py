"""What people, teams, categories, statuses and fields of the other system are called here; makes what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.text import slugify

from firstline.channels.transfer.engine.records import State, StatusWord, TicketRecord, Who
from firstline.channels.transfer.models import ImportedRow, ImportRun
from firstline.channels.transfer.sources import Source
from firstline.core import clock
from firstline.core.events import EventKind
from firstline.core.events.past import Past, record_past
from firstline.core.text import fold
from firstline.people.access.events import AccessGranted
from firstline.people.access.models import Grant, Role
from firstline.people.accounts.events import PersonOpened
from firstline.people.accounts.models import Person, PersonWord, address_of
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.events import MemberAdded
from firstline.people.teams.models import Team, TeamMember
from firstline.work.tickets.actions.settings import save_category, save_custom_field, save_status
from firstline.work.tickets.models import Category, CustomField, Status, StatusType
from firstline.work.tickets.queries import first_status

NAME_LENGTH = 120
CATEGORY_LENGTH = 80


class Names:
    """One for a whole run. Without a run (a dry run) nothing is made; what is missing gets numbers below zero."""

    def __init__(self, source: Source, run: ImportRun | None) -> None:
        self._source = source
        self._run = run
        self._unmade = count(-1, -1)
        self._teams: dict[str, int] = {}
        self._categories: dict[tuple[str, ...], int] = {}
        self._statuses: dict[tuple[str, str], Status] = {}
        self._new: dict[str, int] = {}
        self._closed: set[int] = set()  # private teams
        self._members: set[tuple[int, int]] = set()
        self._agents: set[int] = set()
        self._people: dict[str, int] = {}
        self._has_fields = False
        self.made: Counter[str] = Counter()

    def learn(self, records: Collection[TicketRecord]) -> None:
        """Know every name these tickets use. Within the batch's transaction."""
        self._learn_fields()
        self._learn_people({who.reference: who for record in records for who in record.people.values()})
        for record in records:
            for state in record.states:
                self._learn_status(record.kind, state.status)
                self._learn_team(state.team)
                self._learn_category(state.category)
        self._learn_desk({pair for record in records for pair in record.desk})

    def person(self, reference: str | None) -> int | None:
        return None if reference is None else self._people[reference]

    def team(self, name: str | None) -> int | None:
        return None if name is None else self._teams[name]

    def category(self, path: Iterable[str]) -> int | None:
        return self._categories.get(tuple(path))

    def status(self, kind: str, word: str) -> Status:
        return self._statuses[kind, word]

    def new_status(self, kind: str) -> int:
        """The status in which tickets of this kind open here."""
        if kind not in self._new:
            self._new[kind] = first_status(kind, StatusType.NEW).pk
        return self._new[kind]

    def recall(self, kind: str, state: State) -> None:
        """Know the names of a state that came in with an earlier file and may be missing in this one."""
        people = [reference for reference in (state.requester, state.owner) if reference is not None]
        self._people.update(_known_people(self._source.key, people))
        self._learn_status(kind, state.status)
        self._learn_team(state.team)
        self._learn_category(state.category)

    def _learn_people(self, people: Mapping[str, Who]) -> None:
        """Only this batch's people are kept in mind, so that memory stays small (in a dry run: all of them)."""
        if self._run is not None:
            self._people = {}
        missing = people.keys() - self._people.keys()
        self._people.update(_known_people(self._source.key, missing))
        new = [people[reference] for reference in sorted(missing - self._people.keys())]
        by_email = {who.email.strip().lower(): who.reference for who in new if who.email}
        found = {
            by_email[person.email]: person.pk
            for person in Person.objects.filter(email__in=by_email)
            if person.email is not None
        }
        unknown = [who for who in new if who.reference not in found]
        self.made["people"] += len(unknown)
        if self._run is None:
            self._people.update(found | {who.reference: next(self._unmade) for who in unknown})
            return
        password = make_password(None)
        made = Person.objects.bulk_create(_person(who, password) for who in unknown)
        PersonWord.write(*made)
        self._tell((PersonOpened, person.pk, {}) for person in made)
        found |= {who.reference: person.pk for who, person in zip(unknown, made, strict=True)}
        ImportedRow.objects.bulk_create(
            ImportedRow(run=self._run, source=self._source.key, kind="person", reference=reference, target_id=pk)
            for reference, pk in found.items()
        )
        self._people.update(found)

    def _learn_team(self, name: str | None) -> None:
        if name is None or name in self._teams:
            return
        known = Team.objects.filter(name=name[:NAME_LENGTH]).first()
        if known is None:
            self.made["teams"] += 1
            if self._run is None:
                self._teams[name] = next(self._unmade)
                return
            known = open_team(name[:NAME_LENGTH], by=None)
        self._teams[name] = known.pk
        if known.is_private:
            self._closed.add(known.pk)

    def _learn_category(self, path: tuple[str, ...]) -> None:
        if not path or path in self._categories:
            return
        self._learn_category(path[:-1])
        parent = self._categories.get(path[:-1])
        known = Category.objects.filter(parent=parent, name=path[-1][:CATEGORY_LENGTH]).first()
        if known is None:
            self.made["categories"] += 1
            known = Category(parent_id=parent, name=path[-1][:CATEGORY_LENGTH])
            if self._run is None:
                known.pk = next(self._unmade)
            else:
                save_category(known, by=None)
        self._categories[path] = known.pk

    def _learn_status(self, kind: str, word: str) -> None:
        if (kind, word) in self._statuses:
            return
        meaning = self._source.status(word)
        self._statuses[kind, word] = _own_status(kind, meaning) or self._make_status(kind, meaning)

    def _make_status(self, kind: str, meaning: StatusWord) -> Status:
        self.made["statuses"] += 1
        status = Status(
            kind=kind, key=slugify(meaning.key or meaning.name)[:40], name=meaning.name[:60], type=meaning.type,
            requester_label=(meaning.requester_label or meaning.name)[:60], position=50,
        )  # fmt: skip
        if self._run is None:
            status.pk = next(self._unmade)
            return status
        return save_status(status, by=None)

    def _learn_fields(self) -> None:
        if self._has_fields:
            return
        known = set(CustomField.objects.values_list("key", flat=True))
        for position, word in enumerate(self._source.fields):
            if word.key not in known:
                self.made["fields"] += 1
                field = CustomField(
                    key=word.key, label=word.label, type=word.type, kinds=["incident"], position=100 + position
                )
                if self._run is not None:
                    save_custom_field(field, by=None)
        self._has_fields = True

    def _learn_desk(self, pairs: set[tuple[str, str | None]]) -> None:
        """Whoever had a ticket works on the desk, and in the team that had it; no file opens a private team."""
        workers = {self._people[person] for person, _ in pairs} - self._agents
        granted = Grant.objects.filter(person_id__in=workers, role=Role.AGENT, team=None)
        new = workers - set(granted.values_list("person_id", flat=True))
        members = {(self._teams[team], self._people[person]) for person, team in pairs if team} - self._members
        members = {(team, person) for team, person in members if team not in self._closed}
        known = TeamMember.objects.filter(person_id__in={person for _, person in members})
        joined = members - set(known.values_list("team_id", "person_id"))
        self.made["agents"] += len(new)
        self.made["members"] += len(joined)
        self._agents |= workers
        self._members |= members
        if self._run is not None:
            Grant.objects.bulk_create(Grant(person_id=person, role=Role.AGENT) for person in sorted(new))
            TeamMember.objects.bulk_create(TeamMember(team_id=team, person_id=one) for team, one in sorted(joined))
            role = {"role": Role.AGENT, "team": None, "kind": ""}
            self._tell((AccessGranted, person, role) for person in sorted(new))
            self._tell((MemberAdded, team, {"person": one, "is_lead": False}) for team, one in sorted(joined))

    def _tell(self, happened: Iterable[tuple[type[EventKind], int, dict[str, Any]]]) -> None:
        """These things happen now, not then: it is the import that opens accounts and grants roles."""
        now = clock.now()
        record_past(Past(kind, subject, now, None, facts) for kind, subject, facts in happened)


def _known_people(source: str, references: Iterable[str]) -> dict[str, int]:
    rows = ImportedRow.objects.filter(source=source, kind="person", reference__in=list(references))
    return dict(rows.values_list("reference", "target_id"))


def _person(who: Who, password: str) -> Person:
    """As `Person.save` would have it, which a bulk does not call."""
    email = address_of(who.email)
    folded = fold(f"{who.name} {email or ''}", collapse=True)[:500]
    return Person(name=who.name[:200], email=email, password=password, folded=folded)


def _own_status(kind: str, meaning: StatusWord) -> Status | None:
    """Ours that says the same: by key, by name, or the first of its type where the source names no key."""
    statuses = Status.objects.filter(kind=kind)
    if meaning.key:
        statuses = statuses.filter(Q(key=meaning.key) | Q(name__iexact=meaning.name))
    else:
        statuses = statuses.filter(name__iexact=meaning.name)
    same: Status | None = statuses.filter(type=meaning.type).order_by("id").first()
    return same if same or meaning.key else first_status(kind, meaning.type)
