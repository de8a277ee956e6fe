"""The audit log of incidents of ServiceNow: one row per change, each with all values as they stood then.

Columns as in the public "Incident management process enriched event log" (UCI Machine Learning Repository): it was
enriched, so `resolved_at`, `closed_at`, `closed_code` and `resolved_by` stand in every row as they were in the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstline.channels.transfer.engine.account import Account
from firstline.channels.transfer.engine.histories import in_order
from firstline.channels.transfer.engine.progress import Watcher
from firstline.channels.transfer.engine.records import FieldWord, Said, State, StatusWord, TicketRecord, Who
from firstline.channels.transfer.engine.tables import Row, Table, groups, inspect

if TYPE_CHECKING:
    from . import Options

MISSING = {"?", ""}
UNKNOWN_CALLER = Who("?", "Unknown caller")
LONGEST_NUMBER = 120
COLUMNS = (
    "number", "incident_state", "reassignment_count", "reopen_count", "sys_mod_count", "caller_id", "opened_by",
    "opened_at", "sys_updated_by", "sys_updated_at", "contact_type", "location", "category", "subcategory", "u_symptom",
    "cmdb_ci", "impact", "urgency", "priority", "assignment_group", "assigned_to", "closed_code", "resolved_by",
    "resolved_at", "closed_at",
)  # fmt: skip

_ELSEWHERE = "Waiting for somebody else"
STATUSES = {
    "New": StatusWord("New", "new"),
    "Active": StatusWord("Active", "open"),
    "In Progress": StatusWord("In Progress", "open"),
    # Our own status says just this.
    "Awaiting User Info": StatusWord("Awaiting User Info", "waiting", "waiting-requester", "requester"),
    # Keys that end so are the turn of somebody else (work/tickets).
    "Awaiting Vendor": StatusWord("Awaiting Vendor", "waiting", "awaiting-vendor", "other", _ELSEWHERE),
    "Awaiting Problem": StatusWord("Awaiting Problem", "waiting", "awaiting-problem-other", "other", _ELSEWHERE),
    "Awaiting Change": StatusWord("Awaiting Change", "waiting", "awaiting-change-other", "other", _ELSEWHERE),
    "Awaiting Evidence": StatusWord("Awaiting Evidence", "waiting", "awaiting-evidence-other", "other", _ELSEWHERE),
    "On Hold": StatusWord("On Hold", "waiting", "on-hold-other", "other", _ELSEWHERE),
    "Resolved": StatusWord("Resolved", "resolved"),
    "Closed": StatusWord("Closed", "closed"),
    "Canceled": StatusWord("Canceled", "closed", "canceled"),
}
SOURCES_OF_TICKETS = {"Phone": "phone", "Email": "mail", "Self-service": "portal", "Chat": "chat"}

# Our field for each column that changes during the life of a ticket; those not among COLUMNS may be missing.
TEXTS = {
    "symptom": "u_symptom", "location": "location", "configuration_item": "cmdb_ci", "vendor": "vendor",
    "problem": "problem_id", "change": "rfc", "caused_by_change": "caused_by",
}  # fmt: skip
FLAGS = {"met_sla_there": "made_sla", "knowledge": "knowledge", "priority_confirmed": "u_priority_confirmation"}


class ServicenowLog:
    key = "servicenow-log"
    title = "ServiceNow incident audit log"
    columns: tuple[str, ...] = COLUMNS
    fields: tuple[FieldWord, ...] = (
        FieldWord("symptom", "Symptom"),
        FieldWord("location", "Location"),
        FieldWord("configuration_item", "Configuration item"),
        FieldWord("closure_code", "Closure code"),
        FieldWord("resolved_by", "Resolved by"),
        FieldWord("reassignments", "Reassignments", "number"),
        FieldWord("vendor", "Vendor"),
        FieldWord("problem", "Problem"),
        FieldWord("change", "Change"),
        FieldWord("caused_by_change", "Caused by change"),
        FieldWord("met_sla_there", "Met its SLA in ServiceNow", "boolean"),
        FieldWord("knowledge", "Knowledge used", "boolean"),
        FieldWord("priority_confirmed", "Priority confirmed", "boolean"),
    )

    def check(self, path: Path, options: Options, watcher: Watcher) -> Table:
        def is_readable(row: dict[str, str]) -> bool:
            try:
                _state(0, row, options.time_zone)
                return all(row[name] in MISSING or _moment(row[name], options.time_zone) for name in _FINAL_TIMES)
            except ValueError:
                return False

        return inspect(
            path, columns=COLUMNS, key="number", encoding=options.encoding, is_readable=is_readable, watcher=watcher
        )

    def status(self, word: str) -> StatusWord:
        return STATUSES.get(word) or StatusWord(word, "open", word.lower().replace(" ", "-"))

    def tickets(self, table: Table, options: Options, account: Account, watcher: Watcher) -> Iterator[TicketRecord]:
        for number, rows in groups(table, "number"):
            account.read["rows"] += len(rows)
            ticket = _ticket(number, rows, options.time_zone, account)
            if ticket is not None:
                account.read["tickets"] += 1
                yield ticket
            watcher.advance(len(rows))


_FINAL_TIMES = ("opened_at", "resolved_at", "closed_at")


def _ticket(number: str, rows: list[Row], zone: tzinfo, account: Account) -> TicketRecord | None:
    sound: list[tuple[State, dict[str, str]]] = []
    for line, row in rows:
        try:
            if number in MISSING or len(number) > LONGEST_NUMBER:
                raise ValueError("The number of the incident is missing or too long.")
            sound.append((_state(line, row, zone), row))
            for name in _FINAL_TIMES:
                if row[name] not in MISSING:
                    _moment(row[name], zone)
        except ValueError as error:
            if sound and sound[-1][0].line == line:
                sound.pop()
            account.refuse(line, str(error))
    if not sound:
        return None
    states, twice = in_order(state for state, _ in sound)
    account.read["rows said twice"] += twice
    row_of = {state.line: row for state, row in sound}
    first, last = row_of[states[0].line], row_of[states[-1].line]
    _fill_gaps(states, account)
    opened_at = _moment(first["opened_at"], zone) if first["opened_at"] not in MISSING else states[0].at
    if opened_at > states[0].at:
        account.notes["A ticket was changed before it was opened; it counts as opened at its first change."] += 1
        opened_at = states[0].at
    opened_by = _known(first["opened_by"]) or _known(first.get("sys_created_by", "?"))
    resolved_by = _known(last["resolved_by"])
    desk = {(state.owner, state.team) for state in states if state.owner is not None}
    if resolved_by:
        desk.add((resolved_by, states[-1].team))
    names = {opened_by, resolved_by, *(name for state in states for name in (state.by, state.owner, state.requester))}
    return TicketRecord(
        reference=number,
        subject=_subject(states[0], number),
        opened_at=opened_at,
        opened_by=opened_by,
        source=SOURCES_OF_TICKETS.get(first["contact_type"], "import"),
        states=states,
        people={name: UNKNOWN_CALLER if name == "?" else Who(name, name) for name in names if name is not None},
        messages=[Said(opened_at, _description(states[0], first))],
        finally_={
            "closure_code": _known(last["closed_code"]),
            "resolved_by": resolved_by,
            "reassignments": _number(last["reassignment_count"], "reassignment_count"),
        },
        resolved_at=_moment(last["resolved_at"], zone) if last["resolved_at"] not in MISSING else None,
        closed_at=_moment(last["closed_at"], zone) if last["closed_at"] not in MISSING else None,
        desk=desk,
    )


def _state(line: int, row: dict[str, str], zone: tzinfo) -> State:
    """Raises ValueError with the reason, as a sentence."""
    if row["incident_state"] in MISSING:
        raise ValueError("The state is missing.")
    if row["sys_updated_at"] in MISSING:
        raise ValueError("The time of the change (sys_updated_at) is missing.")
    custom: dict[str, Any] = {key: _known(row.get(column, "?")) for key, column in TEXTS.items()}
    for key, column in FLAGS.items():
        custom[key] = _FLAG.get(row.get(column, "?"))
    return State(
        at=_moment(row["sys_updated_at"], zone),
        order=_number(row["sys_mod_count"], "sys_mod_count"),
        line=line,
        by=_known(row["sys_updated_by"]),
        status=" ".join(row["incident_state"].split()),
        requester=_known(row["caller_id"]) or UNKNOWN_CALLER.reference,
        team=_known(row["assignment_group"]),
        owner=_known(row["assigned_to"]),
        category=tuple(name for name in (_known(row["category"]), _known(row["subcategory"])) if name),
        impact=_level(row["impact"], "impact", most=3),
        urgency=_level(row["urgency"], "urgency", most=3),
        priority=_level(row["priority"], "priority", most=4) or 3,
        reopened=_number(row["reopen_count"], "reopen_count"),
        custom=custom,
    )


def _fill_gaps(states: list[State], account: Account) -> None:
    """A state that is a bare number, such as -100, says nothing: the ticket stays as it was."""
    before = "New"
    for state in states:
        if state.status.lstrip("-").isdigit():
            account.notes[f"The state “{state.status}” means nothing; the ticket kept the state it had."] += 1
            state.status = before
        elif state.status not in STATUSES:
            account.notes[f"The state “{state.status}” is not known to us; it became an open status."] += 1
        before = state.status


def _subject(state: State, number: str) -> str:
    parts = [*state.category, state.custom["symptom"]]
    return " · ".join(part for part in parts if part) or number


def _description(state: State, row: dict[str, str]) -> str:
    """One sentence of what is known; the log has no texts."""
    way = {"Phone": "by phone", "Email": "by e-mail"}.get(row["contact_type"], row["contact_type"].lower())
    text = f"Reported {way}." if row["contact_type"] not in MISSING else "Reported."
    parts = [" › ".join(state.category), *(state.custom[key] for key in ("symptom", "location", "configuration_item"))]
    known = ", ".join(part for part in parts if part)
    return f"{text} {known}." if known else text


_FLAG = {"true": True, "false": False}


@lru_cache(maxsize=20_000)
def _known(text: str) -> str | None:
    text = " ".join(text.split())
    return None if text in MISSING else text[:200]


def _number(text: str, column: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError(f"“{text[:40]}” in {column} is not a number.")
    return int(text)


def _level(text: str, column: str, *, most: int) -> int | None:
    """`2 - Medium` is 2. ServiceNow's fifth priority, planning, is our lowest."""
    if text in MISSING:
        return None
    digit = text.strip()[:1]
    if not digit.isascii() or not digit.isdigit() or not 1 <= int(digit) <= 5:
        raise ValueError(f"“{text[:40]}” in {column} is not a level such as “2 - Medium”.")
    return min(int(digit), most)


@lru_cache(maxsize=20_000)
def _moment(text: str, zone: tzinfo) -> datetime:
    """`29/2/2016 01:16` as the public log has it, or `2016-02-29 01:16:00` as ServiceNow exports it; in UTC."""
    try:
        if found := _DAY_FIRST.fullmatch(text.strip()):
            day, month, year, hour, minute = map(int, found.groups())
            return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"“{text[:40]}” is not a time such as 29/2/2016 01:16.") from None


# Two digits for the minutes: `01:1` was cut off.
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})", re.ASCII)
