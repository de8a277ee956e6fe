from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plugins import postgres

PROCESSES, EACH, PEOPLE = 5, 10, 5


@pytest.mark.slow
def test_fifty_tickets_that_arrive_at_once_are_dealt_out_fairly(tmp_path: Path) -> None:
    database = postgres.start() if os.environ.get("FIRSTLINE_TEST_DB") == "postgresql" else ""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTLINE_")}
    surroundings = kept | {
        "DJANGO_SETTINGS_MODULE": "firstline.config.settings",
        "FIRSTLINE_DATA": str(tmp_path),
        "FIRSTLINE_DATABASE": database,
        "FIRSTLINE_LOG_LEVEL": "WARNING",
    }

    def run(*words: str, **more: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", *words], env=surroundings, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
            **more,
        )  # fmt: skip

    assert run("firstline", "manage", "migrate", "--verbosity", "0").wait(300) == 0
    assert run("firstline.flow.triage.tests.arrivals", "prepare").wait(120) == 0
    arriving = [run("firstline.flow.triage.tests.arrivals", "arrive", f"{EACH}") for _each in range(PROCESSES)]
    for process in arriving:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in arriving:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    assert [process.wait(300) for process in arriving] == [0] * PROCESSES

    counted = run("firstline.flow.triage.tests.arrivals", "count")
    found = json.loads(counted.communicate(timeout=120)[0])

    assert sorted(found["owned"].values()) == [PROCESSES * EACH // PEOPLE] * PEOPLE
    assert found["picks"] == len(found["chosen"]) == PROCESSES * EACH
    # Nobody twice in a row: each round goes through everybody.
    rounds = [set(found["chosen"][start : start + PEOPLE]) for start in range(0, PROCESSES * EACH, PEOPLE)]
    assert [len(each) for each in rounds] == [PEOPLE] * (PROCESSES * EACH // PEOPLE)
