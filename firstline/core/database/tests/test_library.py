from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from firstline.core.database.sqlite.library import is_sound

ONLY_AN_AFFECTED_ONE = """
import sqlite3, sys
sqlite3.sqlite_version_info, sqlite3.sqlite_version = (3, 40, 1), "3.40.1"
sys.modules["pysqlite3"] = None
import django
django.setup()
print("started")
"""


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True),
        ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), False), ((3, 53, 0), True),
    ],
)  # fmt: skip
def test_versions_with_the_wal_reset_fault_are_known(version: tuple[int, int, int], sound: bool) -> None:
    assert is_sound(version) is sound


def test_nothing_starts_where_only_an_affected_sqlite_is_to_be_had(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTLINE_")}
    settings = {"DJANGO_SETTINGS_MODULE": "firstline.config.settings", "FIRSTLINE_DATA": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", ONLY_AN_AFFECTED_ONE], env=kept | settings, capture_output=True, text=True
    )

    assert "started" not in done.stdout
    assert "SQLite 3.40.1 can lose what it has acknowledged" in done.stderr
