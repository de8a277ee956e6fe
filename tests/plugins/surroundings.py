"""Gives every test run its own data folder and database, before Django reads its settings.

Loaded with `-p`: a conftest.py would come too late, pytest-django has read the settings by then.
`FIRSTLINE_TEST_DB=postgresql` runs the same tests on a PostgreSQL that lives as long as the run.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis

from firstline.config.translations import compile_stale
from tests.plugins import postgres

# An example may take as long as the machine needs: time is measured in bin/bench, never asserted in a test.
hypothesis.settings.register_profile("firstline", deadline=None)
hypothesis.settings.load_profile("firstline")


def _prepare() -> None:
    if "FIRSTLINE_TEST_DATA" in os.environ:  # a worker of pytest-xdist: its parent has prepared everything
        return
    compile_stale()
    data = Path(tempfile.mkdtemp(prefix="firstline-test-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ["FIRSTLINE_TEST_DATA"] = os.environ["FIRSTLINE_DATA"] = str(data)
    os.environ["FIRSTLINE_SECRET_KEY"] = "only for tests " * 4
    kind = os.environ.get("FIRSTLINE_TEST_DB", "sqlite")
    if kind == "postgresql":
        os.environ["FIRSTLINE_DATABASE"] = postgres.start()
    elif kind == "sqlite":
        os.environ.pop("FIRSTLINE_DATABASE", None)
    else:
        raise SystemExit(f"FIRSTLINE_TEST_DB is {kind!r}; it can be sqlite or postgresql.")


def pytest_report_header() -> str:
    return f"database: {os.environ.get('FIRSTLINE_TEST_DB', 'sqlite')}"


_prepare()
