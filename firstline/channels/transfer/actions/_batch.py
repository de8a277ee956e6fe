"""Some hundred tickets written at once, in one transaction with the marks that keep them from coming in twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firstline.channels.transfer.engine.account import Account
from firstline.channels.transfer.engine.histories import Step, steps
from firstline.channels.transfer.engine.records import Said, State, TicketRecord
from firstline.channels.transfer.models import ImportedRow, ImportRun
from firstline.channels.transfer.sources import Source
from firstline.core import search
from firstline.core.database.bulk import insert_many
from firstline.core.events.past import Past, record_past
from firstline.work.conversations.models import Message, Visibility
from firstline.work.tickets.engine.priority import priority_from
from firstline.work.tickets.models import UNSOLVED, StatusType, Ticket, Turn

from ._history import Fact, facts_of, first_step, message_posted, opening
from ._names import Names

Moment = tuple[datetime, int | None, Fact]  # when, who, what


@dataclass(slots=True)
class Batch:
    """`write` returns how many of everything came of it. Without a run nothing is written, only counted."""

    records: Sequence[TicketRecord]
    source: Source
    names: Names
    run: ImportRun | None
    account: Account
    counts: Counter[str] = field(default_factory=Counter)

    def write(self) -> Counter[str]:
        references = [record.reference for record in self.records]
        rows = ImportedRow.objects.filter(source=self.source.key, kind="ticket", reference__in=references)
        known = {row.reference: row for row in rows}
        digests = {record.reference: record.digest() for record in self.records}
        new, changed = [], []
        for record in self.records:
            row = known.get(record.reference)
            if row is None:
                new.append(record)
            elif row.digest != digests[record.reference]:
                changed.append((record, row))
            elif self.run is None or row.run_id != self.run.pk:  # else this run has counted it before it stopped
                self.counts["tickets unchanged"] += 1
                self.counts["rows known"] += len(record.states)
        self.names.made.clear()
        self.names.learn([*new, *(record for record, _ in changed)])
        self._make(new, digests)
        for record, row in changed:
            self._go_on(record, row, digests[record.reference])
        return self.counts + self.names.made

    def _make(self, records: Sequence[TicketRecord], digests: dict[str, str]) -> None:
        histories = [self._history(record) for record in records]
        self.counts["tickets made"] += len(records)
        self.counts["rows that opened"] += len(records)
        self.counts["messages"] += sum(len(record.messages) for record in records)
        if self.run is None:
            self.counts["events"] += sum(map(len, histories))
            return
        tickets = Ticket.objects.bulk_create(map(self._ticket, records))
        self._say(zip(tickets, (record.messages for record in records), strict=True), histories)
        self._write_events(zip(tickets, histories, strict=True))
        _find_again([ticket.pk for ticket in tickets])
        insert_many(
            ImportedRow,
            (
                {"run_id": self.run.pk, "source": self.source.key, "kind": "ticket", "reference": record.reference,
                 "target_id": ticket.pk, "digest": digests[record.reference], "state": _kept(record)}
                for record, ticket in zip(records, tickets, strict=True)
            ),
        )  # fmt: skip

    def _go_on(self, record: TicketRecord, row: ImportedRow, digest: str) -> None:
        """A ticket that is in already, of which the file tells more: only what is new is added."""
        kept = row.state
        marks = set(kept["marks"].split())
        last = State.from_values(kept["values"], at=datetime.fromisoformat(kept["at"]), order=kept["order"])
        new = [state for state in record.states if state.mark() not in marks]
        late = [state for state in new if (state.at, state.order) < (last.at, last.order)]
        for state in late:
            self.counts["rows too late"] += 1
            self.account.name_line(
                state.line, f"{record.reference} has later changes in its history already; one cannot be slipped in."
            )
        after = [state for state in new if (state.at, state.order) >= (last.at, last.order)]
        self.counts["rows known"] += len(record.states) - len(new)
        self.names.recall(record.kind, last)
        finals = {f"custom.{key}": (kept["finally"].get(key), value) for key, value in record.finally_.items()}
        finals = {name: (before, value) for name, (before, value) in finals.items() if before != value}
        times = {"resolved_at": str(record.resolved_at), "closed_at": str(record.closed_at)}
        if not after and not finals and times == kept["times"]:
            self.counts["tickets unchanged"] += 1
            return
        moments = self._moments(record, steps(last, after))
        if finals:
            end = after[-1] if after else last
            step = Step(end.at, None, finals)
            moments += [(step.at, None, fact) for fact in facts_of(step, record, self.names)]
        self.counts["tickets updated"] += 1
        if self.run is None:
            self.counts["events"] += len(moments)
            return
        self._change(record, row, last=last, end=after[-1] if after else last)
        self._write_events([(Ticket(pk=row.target_id), moments)])
        _find_again([row.target_id])
        row.state = _kept(record, end=after[-1] if after else last, marks=marks)
        row.digest, row.run = digest, self.run
        row.save(update_fields=["state", "digest", "run"])

    def _change(self, record: TicketRecord, row: ImportedRow, *, last: State, end: State) -> None:
        """Only what the other system changed since: what was changed here in the meantime stays."""
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=row.target_id)
        before, after = self._columns(record, last), self._columns(record, end)
        changed = {name: after[name] for name in after if before[name] != after[name]}
        changed["custom"] = {**ticket.custom, **end.custom, **record.finally_}
        changed |= self._solved(record, end) if not after["is_unsolved"] else {"resolved_at": None, "closed_at": None}
        changed["updated_at"] = max(ticket.updated_at, end.at)
        changed["version"] = ticket.version + 1
        Ticket.objects.filter(pk=ticket.pk).update(**changed)

    def _ticket(self, record: TicketRecord) -> Ticket:
        first, end = record.states[0], record.states[-1]
        columns = self._columns(record, end)
        solved = {} if columns["is_unsolved"] else self._solved(record, end)
        return Ticket(
            kind=record.kind,
            subject=record.subject[:300],
            opened_by_id=self.names.person(record.opened_by),
            source=record.source,
            external_reference=record.reference,
            created_at=record.opened_at,
            updated_at=max(end.at, first.at),
            custom=_filled({**end.custom, **record.finally_}),
            **columns,
            **solved,
        )

    def _columns(self, record: TicketRecord, state: State) -> dict[str, Any]:
        status = self.names.status(record.kind, state.status)
        return {
            "status_id": status.pk,
            "state": status.type,
            "is_unsolved": status.type in UNSOLVED,
            "turn": self._turn(state, status.type),
            "requester_id": self.names.person(state.requester),
            "owner_id": self.names.person(state.owner),
            "team_id": self.names.team(state.team),
            "category_id": self.names.category(state.category),
            "impact": state.impact,
            "urgency": state.urgency,
            "priority": state.priority,
            "priority_reason": self._reason(state),
            "reopen_count": state.reopened or 0,
        }

    def _turn(self, state: State, status_type: str) -> str:
        if status_type == StatusType.WAITING:
            return self.source.status(state.status).turn
        return Turn.REQUESTER if status_type == StatusType.RESOLVED else Turn.DESK

    def _reason(self, state: State) -> dict[str, Any]:
        if priority_from(state.impact, state.urgency) == state.priority:
            return {"rule": "matrix", "impact": state.impact, "urgency": state.urgency}
        return {"rule": "override", "reason": self.source.title}

    def _solved(self, record: TicketRecord, end: State) -> dict[str, datetime | None]:
        """The other system's own times; where it has none, when the history says so."""
        status = self.names.status(record.kind, end.status)
        is_closed = status.type == StatusType.CLOSED
        since = self._solved_since(record) or end.at
        return {
            "resolved_at": record.resolved_at or since,
            "closed_at": (record.closed_at or end.at) if is_closed else None,
        }

    def _solved_since(self, record: TicketRecord) -> datetime | None:
        since = None
        for state in record.states:
            is_unsolved = self.names.status(record.kind, state.status).type in UNSOLVED
            since = None if is_unsolved else since or state.at
        return since

    def _history(self, record: TicketRecord) -> list[Moment]:
        first = record.states[0]
        opener = self.names.person(record.opened_by)
        moments: list[Moment] = [(record.opened_at, opener, opening(record, self.names))]
        by = self.names.person(first.by)
        moments += [(first.at, by, fact) for fact in first_step(record, self.names)]
        return moments + self._moments(record, steps(first, record.states[1:]))

    def _moments(self, record: TicketRecord, taken: Iterable[Step]) -> list[Moment]:
        moments: list[Moment] = []
        for step in taken:
            facts = list(facts_of(step, record, self.names))
            self.counts["rows with changes" if facts else "rows without changes"] += 1
            moments += [(step.at, self.names.person(step.by), fact) for fact in facts]
        return moments

    def _say(self, said: Iterable[tuple[Ticket, list[Said]]], histories: list[list[Moment]]) -> None:
        """Messages, and their events; the opening description has none, it is the ticket itself."""
        openings, messages, places = [], [], []
        for place, (ticket, sayings) in enumerate(said):
            openings += [self._message(ticket, saying) for saying in sayings[:1]]
            messages += [Message(**self._message(ticket, saying)) for saying in sayings[1:]]
            places += [place] * len(sayings[1:])
        insert_many(Message, openings)
        for place, message in zip(places, Message.objects.bulk_create(messages), strict=True):
            fact = message_posted(message.is_internal, message=message.pk, from_desk=message.is_from_desk)
            histories[place].append((message.created_at, message.author_id, fact))
            histories[place].sort(key=lambda moment: moment[0])

    def _message(self, ticket: Ticket, saying: Said) -> dict[str, Any]:
        return {
            "ticket_id": ticket.pk,
            "visibility": Visibility.INTERNAL if saying.is_internal else Visibility.PUBLIC,
            "author_id": self.names.person(saying.by),
            "is_from_desk": saying.is_from_desk,
            "text": saying.text,
            "source": "import",
            "created_at": saying.at,
        }

    def _write_events(self, histories: Iterable[tuple[Ticket, list[Moment]]]) -> None:
        self.counts["events"] += record_past(
            Past(kind, ticket.pk, at, by, facts) for ticket, history in histories for at, by, (kind, facts) in history
        )


def _find_again(tickets: Sequence[int]) -> None:
    """Into the search index, in the same transaction: no listener hears of history."""
    search.refresh(Ticket.noun, *tickets)


def _kept(record: TicketRecord, *, end: State | None = None, marks: Iterable[str] = ()) -> dict[str, Any]:
    """What a later file is compared with."""
    end = end or record.states[-1]
    return {
        "values": end.values(),
        "at": end.at.isoformat(),
        "order": end.order,
        "marks": " ".join(sorted({*marks, *(state.mark() for state in record.states)})),
        "finally": record.finally_,
        "times": {"resolved_at": str(record.resolved_at), "closed_at": str(record.closed_at)},
    }


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
