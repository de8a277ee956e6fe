"""Small audit logs for the tests: rows that differ from a usual one only in what matters."""

from __future__ import annotations

import csv
from pathlib import Path

from firstline.channels.transfer.actions.bring_in import bring_in
from firstline.channels.transfer.engine.account import Account
from firstline.channels.transfer.engine.progress import Watcher
from firstline.channels.transfer.sources import SOURCES, Options
from firstline.core.events.models import Event
from firstline.work.tickets.models import Ticket

USUAL = {
    "number": "INC01", "incident_state": "New", "active": "true", "reassignment_count": "0", "reopen_count": "0",
    "sys_mod_count": "0", "made_sla": "true", "caller_id": "Caller 7", "opened_by": "Opened by  8",
    "opened_at": "1/3/2016 08:00", "sys_created_by": "Created by 6", "sys_created_at": "1/3/2016 08:05",
    "sys_updated_by": "Updated by 21", "sys_updated_at": "1/3/2016 08:05", "contact_type": "Phone",
    "location": "Location 143", "category": "Category 55", "subcategory": "Subcategory 170", "u_symptom": "Symptom 72",
    "cmdb_ci": "?", "impact": "2 - Medium", "urgency": "2 - Medium", "priority": "3 - Moderate",
    "assignment_group": "Group 56", "assigned_to": "?", "knowledge": "true", "u_priority_confirmation": "false",
    "notify": "Do Not Notify", "problem_id": "?", "rfc": "?", "vendor": "?", "caused_by": "?", "closed_code": "code 5",
    "resolved_by": "Resolved by 149", "resolved_at": "?", "closed_at": "?",
}  # fmt: skip


def write(path: Path, *rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(USUAL), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**USUAL, **row} for row in rows)
    return path


def row(minute: int, /, number: str = "INC01", **changed: str) -> dict[str, str]:
    """The row of a change so many minutes after nine o'clock."""
    when = f"1/3/2016 {9 + minute // 60:02d}:{minute % 60:02d}"
    return {"number": number, "sys_mod_count": str(minute), "sys_updated_at": when, **changed}


def import_(
    path: Path,
    options: Options | None = None,
    *,
    dry_run: bool = False,
    batch_size: int = 500,
    watcher: Watcher | None = None,
) -> Account:
    source = SOURCES["servicenow-log"]
    return bring_in(path, source, options=options, dry_run=dry_run, batch_size=batch_size, watcher=watcher)


def history(ticket: Ticket) -> list[tuple[str, str, str]]:
    """When, who, and what in words."""
    events = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk).order_by("id").select_related("actor")
    return [(f"{event.at:%H:%M}", str(event.actor), event.describe()) for event in events]
