"""Notes what a passing test shows: lines of docs/acceptance.md, `@pytest.mark.accepts("S0.12")`, and cases of
docs/abuse.md, `@pytest.mark.abuse("A1")`.

The notes of one run are added to those of earlier runs of the same code; tests/suite.py empties them first.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypedDict

import pytest

NOTES = Path(__file__).resolve().parents[2] / ".cache" / "acceptance.json"


class Note(TypedDict):
    """What one test showed."""

    ids: list[str]
    abuse: list[str]
    passed: bool
    skipped: bool


_notes: dict[str, Note] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for kind in ("accepts", "abuse"):
            names = sorted({str(name) for marker in item.iter_markers(kind) for name in marker.args})
            if names:
                item.user_properties.append((kind, names))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    shows = {kind: names for kind, names in report.user_properties if kind in {"accepts", "abuse"}}
    if shows:
        note = _notes.setdefault(
            report.nodeid,
            Note(ids=_names(shows.get("accepts")), abuse=_names(shows.get("abuse")), passed=True, skipped=False),
        )
        if report.outcome != "passed":
            note["passed"] = False
            note["skipped"] = report.outcome == "skipped"


def _names(names: object) -> list[str]:
    return [str(name) for name in names] if isinstance(names, list) else []


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ or not _notes:
        return
    NOTES.parent.mkdir(exist_ok=True)
    before = json.loads(NOTES.read_text()) if NOTES.exists() else {}
    NOTES.write_text(json.dumps(before | _notes, indent=1, sort_keys=True))
