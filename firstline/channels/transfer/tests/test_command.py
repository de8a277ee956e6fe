"""The command, as people start it: in a process of its own, on a desk of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from firstline.channels.transfer.tests.logs import row, write

HISTORY = """
    SELECT ticket.external_reference, event.kind, event.at, event.facts FROM event
    JOIN ticket ON ticket.id = event.subject_id AND event.subject_noun = 'ticket' ORDER BY 1, event.id
"""


class Desk:
    """A data folder with a new database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {**os.environ, "FIRSTLINE_DATA": str(folder)}
        self._environment.pop("FIRSTLINE_DATABASE", None)
        assert self.run("manage", "migrate").returncode == 0

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "firstline", *map(str, arguments)]
        return subprocess.Popen(
            command, env=self._environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def ask(self, question: str) -> list[Any]:
        database = sqlite3.connect(f"file:{self.folder}/firstline.sqlite3?mode=ro", uri=True, timeout=5)
        try:
            return database.execute(question).fetchall()
        finally:
            database.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.slow
def test_the_command_says_what_came_of_it(desk: Desk, tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1, incident_state="Resolved"))

    dry = desk.run("import", "servicenow-log", log, "--dry-run")
    done = desk.run("import", log)  # it finds out itself which system the file is from

    assert (dry.returncode, done.returncode) == (0, 0)
    assert "Tickets in the file                         1\n  would be made                             1" in dry.stdout
    assert "Tickets in the file                         1\n  made                                      1" in done.stdout
    assert "Bringing the tickets in …" in done.stderr
    kept = done.stdout.strip().splitlines()[-1].removeprefix("This report is kept in ").removesuffix(".")
    assert Path(kept).read_text().strip() in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.csv"], "Error: There is no file nowhere.csv. Nothing was brought in."),
        (["log.csv", "--time-zone", "Mars"], "“Mars” is not a time zone such as UTC or Europe/Warsaw."),
        (["log.csv", "--encoding", "runes"], "“runes” is not an encoding such as utf-8 or cp1252."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(desk: Desk, arguments: list[str], sentence: str) -> None:
    done = desk.run("import", "servicenow-log", *arguments)

    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_row_left_out_shows_in_the_exit_code(desk: Desk, tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0, number="INC77"), row(1, number="INC77", priority="High"))

    assert desk.run("import", "servicenow-log", log).returncode == 1


@pytest.mark.slow
def test_killed_in_the_middle_and_started_again_it_has_everything_once(tmp_path: Path) -> None:
    rows = [row(minute, number=f"INC{number:05}", incident_state=state, caller_id=f"Caller {number % 300}")
            for number in range(6000) for minute, state in enumerate(("New", "Active", "Resolved"))]  # fmt: skip
    log = write(tmp_path / "log.csv", *rows)
    whole, killed = Desk(tmp_path / "whole"), Desk(tmp_path / "killed")
    assert whole.run("import", "servicenow-log", log).returncode == 0

    for wanted in (1000, 3000):
        process = killed.start("import", "servicenow-log", log)
        deadline = time.monotonic() + 120
        while killed.ask("SELECT count(*) FROM ticket")[0][0] < wanted:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert killed.ask("SELECT count(*) FROM ticket")[0][0] < 6000
    again = killed.run("import", "servicenow-log", log)

    assert again.returncode == 0
    assert "An earlier run had been interrupted; this one went on where it stopped." in again.stdout
    assert killed.ask(HISTORY) == whole.ask(HISTORY)
    assert len(killed.ask(HISTORY)) == 18_000
    for table in ("person", "team", "ticket_category", "message", "imported_row", "access_grant"):
        assert killed.ask(f"SELECT count(*) FROM {table}") == whole.ask(f"SELECT count(*) FROM {table}")
    assert killed.ask("SELECT counts FROM import_run") == whole.ask("SELECT counts FROM import_run")
