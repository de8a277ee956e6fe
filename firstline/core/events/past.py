"""Write down what happened elsewhere, long ago: the history of tickets that came from another system.

No listener runs and no job is made: it has had its consequences already. Ten times as fast as `record`, because
imports bring a hundred thousand events at once; the worker seals them like all others.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from firstline.core.actions.acting import circumstances, is_acting

from .facts import FactsEncoder
from .kinds import EventKind
from .models import Event

VIA = "import"  # core/jobs makes no jobs for events that came in this way


@dataclass(frozen=True, slots=True)
class Past:
    """One event as it once happened. Facts as for `record`."""

    kind: type[EventKind]
    subject: int
    at: datetime
    actor: int | None
    facts: dict[str, Any]


def record_past(happened: Iterable[Past]) -> int:
    """Record these events in their order; returns how many. Must run inside `acting()`."""
    if not is_acting():
        raise RuntimeError("The past is recorded inside an action, too.")
    columns = [field for field in Event._meta.concrete_fields if not field.primary_key]
    template = Event(correlation=circumstances().correlation, via=VIA)
    same = {field.name: field.get_db_prep_save(field.pre_save(template, add=True), connection) for field in columns}
    rows = [[*(same | _own(past)).values()] for past in happened]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO event ({names}) VALUES ({places})", rows)  # noqa: S608 -- names of ours
    return len(rows)


def _own(past: Past) -> dict[str, Any]:
    own = {
        "kind": past.kind.key,
        "subject_noun": past.kind.noun,
        "subject_id": past.subject,
        "actor": past.actor,
        "at": connection.ops.adapt_datetimefield_value(past.at),
        "facts": connection.ops.adapt_json_value(past.facts, FactsEncoder),
    }
    if salts := {name: secrets.token_hex(16) for name in past.kind.personal if name in past.facts}:
        own["salts"] = connection.ops.adapt_json_value(salts, None)
    return own
