"""Notes which lines of docs/acceptance.md a passing test shows: `@pytest.mark.accepts("S0.12")`.

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
    passed: bool


_notes: dict[str, Note] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        ids = [str(name) for marker in item.iter_markers("accepts") for name in marker.args]
        if ids:
            item.user_properties.append(("accepts", ids))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    ids = dict(report.user_properties).get("accepts")
    if isinstance(ids, list):
        note = _notes.setdefault(report.nodeid, Note(ids=ids, passed=True))
        if report.outcome != "passed":
            note["passed"] = False


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ or not _notes:
        return
    NOTES.parent.mkdir(exist_ok=True)
    before = json.loads(NOTES.read_text()) if NOTES.exists() else {}
    NOTES.write_text(json.dumps(before | _notes, indent=1, sort_keys=True))
