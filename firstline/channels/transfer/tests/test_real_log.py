"""A real desk's log, compared with what the csv module alone makes of it."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path

import pytest
from django.conf import settings

from firstline.channels.transfer.tests.logs import import_
from firstline.core.events.models import Event
from firstline.work.tickets.models import Status, Ticket

SHARED = Path(os.environ.get("FIRSTLINE_SHARED", settings.SHARED_DATA.parent))
LOG = SHARED / "data" / "01_uci" / "incident_event_log_first80.csv"
TYPES = {
    "New": "new", "Active": "open", "Resolved": "resolved", "Closed": "closed", "Awaiting User Info": "waiting",
    "Awaiting Vendor": "waiting", "Awaiting Problem": "waiting", "Awaiting Evidence": "waiting",
}  # fmt: skip

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LOG.exists(), reason=f"The real log is not here: {LOG}"),
]


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def truth(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of each incident by the clock; -100 is no state."""
    incidents: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            incidents[row["number"]].append(row)
    for rows in incidents.values():
        rows.sort(key=lambda row: (moment(row["sys_updated_at"]), int(row["sys_mod_count"])))
        for before, row in pairwise(rows):
            if row["incident_state"] == "-100":
                row["incident_state"] = before["incident_state"]
    return incidents


@pytest.mark.parametrize(
    "lines", [pytest.param(4000, id="a part"), pytest.param(None, id="all of it", marks=pytest.mark.slow)]
)
def test_a_real_log_comes_in_as_it_was(tmp_path: Path, lines: int | None) -> None:
    path = LOG
    if lines is not None:
        path = tmp_path / "part.csv"
        with LOG.open() as whole, path.open("w") as part:
            part.writelines(islice(whole, lines))
    incidents = truth(path)

    account = import_(path)

    assert account.is_good
    assert account.read["rows"] == sum(map(len, incidents.values()))
    tickets = {ticket.external_reference: ticket for ticket in Ticket.objects.select_related("requester", "status")}
    assert tickets.keys() == incidents.keys()
    ends = {number: rows[-1] for number, rows in incidents.items()}
    assert Counter(ticket.state for ticket in tickets.values()) == Counter(
        TYPES[end["incident_state"]] for end in ends.values()
    )
    assert {number: (ticket.impact, ticket.urgency, ticket.priority, ticket.reopen_count) for number, ticket in
            tickets.items()} == {
        number: (int(end["impact"][0]), int(end["urgency"][0]), int(end["priority"][0]), int(end["reopen_count"]))
        for number, end in ends.items()
    }  # fmt: skip
    assert _status_changes() == {
        number: changes
        for number, rows in incidents.items()
        if (changes := (rows[0]["incident_state"] != "New") + _changes(rows, "incident_state"))
    }
    assert _count("ticket.routed") == _drop_zero(incidents, "assignment_group")
    assert _count("ticket.assigned") == _drop_zero(incidents, "assigned_to")
    assert _count("ticket.prioritised") == _drop_zero(incidents, "priority")
    assert sum(_count("ticket.reopened").values()) == sum(
        int(after["reopen_count"]) > int(before["reopen_count"])
        for rows in incidents.values()
        for before, after in pairwise(rows)
    )
    for number in [
        *sorted(incidents)[:: max(1, len(incidents) // 25)],
        max(incidents, key=lambda n: len(incidents[n])),
    ]:
        _is_told_truly(tickets[number], incidents[number])


def _is_told_truly(ticket: Ticket, rows: list[dict[str, str]]) -> None:
    """The whole walk through the states, groups and owners, with times and actors."""
    words = dict(Status.objects.values_list("pk", "type"))
    events = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk).order_by("id").select_related("actor")
    told = [
        (event.at, str(event.actor), words[event.facts["to"]], event.facts["word"])
        for event in events
        if event.kind == "ticket.status_changed"
    ]
    before, walk = "New", []
    for row in rows:
        if (state := row["incident_state"]) != before:
            walk.append((moment(row["sys_updated_at"]), row["sys_updated_by"], TYPES[state], state))
        before = state
    assert told == walk
    handed_on = (("ticket.routed", "assignment_group", "team"), ("ticket.assigned", "assigned_to", "person"))
    for kind, column, noun in handed_on:
        passed = [(event.at, event.name(noun, "to").replace("—", "?")) for event in events if event.kind == kind]
        assert passed == [
            (moment(after["sys_updated_at"]), after[column])
            for before_it, after in pairwise(rows)
            if before_it[column] != after[column]
        ]
    first, last = rows[0], rows[-1]
    assert events[0].kind == "ticket.opened"
    assert ticket.created_at == min(moment(first["opened_at"]), moment(first["sys_updated_at"]))
    assert ticket.updated_at == moment(last["sys_updated_at"])
    assert ticket.requester.name.replace("Unknown caller", "?") == last["caller_id"]
    if last["resolved_at"] != "?":
        assert ticket.resolved_at == moment(last["resolved_at"])
    assert ticket.closed_at == (moment(last["closed_at"]) if ticket.state == "closed" else None)
    for key, column in (("location", "location"), ("symptom", "u_symptom"), ("closure_code", "closed_code")):
        assert ticket.custom.get(key, "?") == last[column]


def _changes(rows: list[dict[str, str]], column: str) -> int:
    return sum(before[column] != after[column] for before, after in pairwise(rows))


def _drop_zero(incidents: dict[str, list[dict[str, str]]], column: str) -> dict[str, int]:
    return {number: changes for number, rows in incidents.items() if (changes := _changes(rows, column))}


def _status_changes() -> dict[str, int]:
    return _count("ticket.status_changed")


def _count(kind: str) -> dict[str, int]:
    numbers = dict(Ticket.objects.values_list("pk", "external_reference"))
    return dict(Counter(numbers[pk] for pk in Event.objects.filter(kind=kind).values_list("subject_id", flat=True)))
