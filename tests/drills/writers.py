"""SQLite: a writer that does not let go, and a version that loses what it was given."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from tests.drills.checker import Outcome, compare
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.rig.desk import ROOT
from tests.rig.wire import Wire, request

LONGEST_ANSWER = 10.0  # seconds
HOLD = """
import sys, time
from firstline.core.database.sqlite import base
connection = base._sqlite.connect(sys.argv[1], isolation_level=None, timeout=0)
while True:
    try:
        connection.execute("BEGIN IMMEDIATE")
        break
    except base._sqlite.OperationalError:
        time.sleep(0.001)
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""
START = """
import sqlite3, sys
sqlite3.sqlite_version_info, sqlite3.sqlite_version = (3, 40, 1), "3.40.1"
sys.modules["pysqlite3"] = None
if {believes}:
    from firstline.core.database.sqlite import library
    library.is_sound = lambda version: True
import django
django.setup()
from django.db import connection
connection.ensure_connection()
print("started")
"""


def hold_the_database(trial: Trial) -> Outcome:
    """A process holds the write lock: pages that read answer, one that writes says 503 within 10 s. `size`: times."""
    ledger, outcome, slowest = trial.ledger(), Outcome(), 0.0
    with trial.grounds.desk(broken=trial.broken) as desk, Wire(desk.port, timeout=60) as wire:
        desk.start_web()
        for turn in range(trial.size):
            holder = subprocess.Popen(
                [sys.executable, "-c", HOLD, str(desk.folder / "firstline.sqlite3")],
                env=desk.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            assert holder.stdin is not None
            assert holder.stdout is not None
            try:
                holder.stdout.readline()
                if wire.ask(_read(trial)).status != 200:
                    outcome.faults.append("a page that only reads did not answer")
                key, begun = f"h{trial.seed}-{turn}", time.monotonic()
                ledger.invoke(key)
                answer = wire.ask(_write(trial, key))
                slowest = max(slowest, time.monotonic() - begun)
                if answer.status == 201:
                    ledger.ok(key)
                if answer.status != 503 or b"retry-after" not in answer.head.lower():
                    outcome.faults.append(f"it answered {answer.status} instead of 503 with Retry-After")
            finally:
                holder.stdin.close()
                holder.wait(10)
            begun = time.monotonic()
            answer = wire.ask(_write(trial, f"{key}-after"))
            ledger.invoke(f"{key}-after")
            if answer.status == 201:
                ledger.ok(f"{key}-after")
            else:
                outcome.faults.append(f"afterwards it answered {answer.status}")
            outcome.recovery = max(outcome.recovery, time.monotonic() - begun)
        found = compare(ledger, stored(desk), recovery=outcome.recovery)
    if slowest > LONGEST_ANSWER:
        found.faults.append(f"somebody waited {slowest:.1f} s for a refusal")
    if found.acked > trial.size:
        found.faults.append("something was acknowledged while nobody could write")
    found.faults += outcome.faults
    return found


def start_on_an_affected_sqlite(trial: Trial) -> Outcome:
    """Where only a SQLite with the WAL-reset fault is to be had, nothing starts. `size`: times."""
    outcome = Outcome()
    with trial.grounds.desk() as desk:
        for _turn in range(trial.size):
            done = subprocess.run(
                [sys.executable, "-c", START.format(believes=bool(trial.broken))],
                env=desk.environment, cwd=ROOT, capture_output=True, text=True,
            )  # fmt: skip
            if "started" in done.stdout:
                outcome.faults.append("it started on SQLite 3.40.1")
            elif "3.40.1" not in done.stderr:
                outcome.faults.append(f"it did not say why: {done.stderr.strip()[-200:]}")
    return outcome


def _read(trial: Trial) -> bytes:
    return request("GET", "/api/v1/tickets", authorization=f"Bearer {trial.grounds.token}")


def _write(trial: Trial, key: str) -> bytes:
    said = json.dumps({"subject": key, "text": "x", "requester": f"{key}@drill.example"}).encode()
    return request(
        "POST", "/api/v1/tickets", body=said, content_type="application/json",
        authorization=f"Bearer {trial.grounds.token}",
    )  # fmt: skip


DRILLS = (
    Drill("DR12", hold_the_database, "waits_long", short=1, long=20, databases=("sqlite",)),
    Drill("DR13", start_on_an_affected_sqlite, "believes_any_sqlite", short=1, long=5, databases=("sqlite",)),
)
