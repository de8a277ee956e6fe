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

from firstline.core.actions.acting import circumstances
from firstline.core.database.bulk import insert_many

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
    correlation = circumstances().correlation
    return insert_many(Event, ({**_row(past), "correlation": correlation, "via": VIA} for past in happened))


def _row(past: Past) -> dict[str, Any]:
    row = {
        "kind": past.kind.key,
        "subject_noun": past.kind.noun,
        "subject_id": past.subject,
        "actor_id": past.actor,
        "at": past.at,
        "facts": past.facts,
    }
    if salts := {name: secrets.token_hex(16) for name in past.kind.personal if name in past.facts}:
        row["salts"] = salts
    return row
