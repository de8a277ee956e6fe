"""Runs that go by an older version than the one in use: which can move, and what it would mean for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from firstline.flow.workflows.engine.versions import can_move, preview
from firstline.flow.workflows.models import Version
from firstline.flow.workflows.queries.runs import visible_to
from firstline.flow.workflows.rules import net_of

ORDER = ("id",)
MOVING = ("id", "state", "version_id", "ticket_id", "ticket__subject", "version__number", "started_at")


@dataclass(frozen=True, slots=True)
class Preview:
    """One run: whether it can move, and sentences about what changes, or what stands in the way."""

    run: dict[str, Any]
    can: bool
    sentences: list[str]


def behind(viewer: Any, version: Version) -> Any:
    """Runs under way of the same workflow that go by another version, the oldest first."""
    runs = visible_to(viewer).filter(version__workflow=version.workflow_id, is_open=True)
    return runs.exclude(version=version).values(*MOVING)


def count_behind(viewer: Any, version: Version) -> int:
    """How many, at most a hundred."""
    return len(behind(viewer, version).order_by().values_list("id")[:100])


def previews(rows: Iterable[dict[str, Any]], version: Version) -> list[Preview]:
    """In one query for the versions they go by, however many rows."""
    rows = list(rows)
    versions = Version.objects.in_bulk({row["version_id"] for row in rows})
    after = net_of(version)
    found = []
    for row in rows:
        before = net_of(versions[row["version_id"]])
        can = not can_move(row["state"], before, after)
        found.append(Preview(row, can, preview(row["state"], before, after)))
    return found
