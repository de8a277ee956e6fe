"""Approval races (DR30, short): fifty people decide at once in real processes, one of which is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.plugins import postgres

PROCESSES, THREADS, NEEDED = 5, 10, 15
RACING = "firstline.flow.approvals.tests.racing"


def race(folder: Path, *, careless: bool) -> list[str]:
    """What is wrong after all have decided; nothing, if nothing is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTLINE_")}
    surroundings = kept | {
        "DJANGO_SETTINGS_MODULE": "firstline.config.settings",
        "FIRSTLINE_DATA": str(folder),
        "FIRSTLINE_DATABASE": postgres.start() if os.environ.get("FIRSTLINE_TEST_DB") == "postgresql" else "",
        "FIRSTLINE_LOG_LEVEL": "WARNING",
    }

    def run(*words: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", *words], env=surroundings | more, stdout=subprocess.PIPE, stdin=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    assert run("firstline", "manage", "migrate", "--verbosity", "0").wait(300) == 0
    assert run(RACING, "prepare").wait(120) == 0
    more = {"FIRSTLINE_CARELESS": "1"} if careless else {}
    racing = [run(RACING, "decide", str(number * THREADS), **more) for number in range(PROCESSES)]
    for process in racing:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in racing:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    time.sleep(1)
    racing[-1].kill()
    told = [line.split() for process in racing for line in process.communicate(timeout=300)[0].splitlines()]
    counted = json.loads(run(RACING, "count").communicate(timeout=120)[0])
    said = {(int(approval), int(person)) for word, approval, person in told if word == "ok"}
    tried = {(int(approval), int(person)) for _word, approval, person in told}
    return [trouble for row in counted for trouble in wrong_with(row, said, tried)]


def wrong_with(row: dict[str, Any], said: set[tuple[int, int]], tried: set[tuple[int, int]]) -> list[str]:
    """One outcome, the quorum exact, no word lost and none made up."""
    approval, words = row["approval"], {*row["yes"], *row["no"]}
    acknowledged = {person for number, person in said if number == approval}
    wrong = []
    if row["state"] == "waiting" or row["decided"] != 1:
        wrong.append(f"{approval} is {row['state']} and was decided {row['decided']} times")
    if acknowledged - words:
        wrong.append(f"{approval} has lost the words of {sorted(acknowledged - words)}")
    if {(approval, person) for person in words} - tried:
        wrong.append(f"{approval} has words that nobody said")
    if len(row["yes"]) > NEEDED or (row["state"] == "granted") != (len(row["yes"]) == NEEDED):
        wrong.append(f"{approval} is {row['state']} with {len(row['yes'])} of {NEEDED}")
    if row["voted"] != len(words):
        wrong.append(f"{approval} has {len(words)} words and {row['voted']} events of them")
    if row["open"]:
        wrong.append(f"{approval} still waits for {row['open']}")
    return wrong


@pytest.mark.slow
@pytest.mark.abuse("D17", "H5")
def test_dr30_fifty_approvers_at_once_come_to_one_outcome_and_no_word_is_lost(tmp_path: Path) -> None:
    assert race(tmp_path, careless=False) == []


@pytest.mark.slow
def test_dr30_control_who_reads_first_and_writes_then_is_found(tmp_path: Path) -> None:
    assert race(tmp_path, careless=True) != []
