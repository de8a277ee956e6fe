"""Workflows that change, and approvals that are raced for, while people work (DR30, DR31)."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.drills.checker import Outcome
from tests.drills.drill import Drill, Trial

RACING = "tests.drills.racing"
PROCESSES, THREADS, NEEDED = 5, 10, 15
VERSIONING = "tests.drills.versioning"
HANDS = 2  # processes that answer at once


def change_and_roll_back(trial: Trial) -> Outcome:
    """A changed workflow is published while runs are under way, and the older one again. `size`: runs."""
    begun, wrong = time.monotonic(), ["unpinned"] if trial.broken else []
    with trial.grounds.desk() as desk:

        def do(*words: str) -> str:
            return desk.python(VERSIONING, *words)

        def answer_at_once(times: int) -> None:
            for hand in range(HANDS):
                words = ["answer", str(hand), str(HANDS), str(times), *wrong]
                desk.start(f"hand {hand}", *words, module=VERSIONING)

        def wait() -> None:
            for hand in range(HANDS):
                desk.processes.pop(f"hand {hand}").wait(600)

        many = max(1, trial.size // 3)
        do("publish", "FIRST")
        do("begin", str(trial.size - 2 * many))
        answer_at_once(1)
        do("publish", "OTHER")  # in the midst of it
        do("begin", str(many))
        wait()
        answer_at_once(1)
        do("publish", "FIRST")
        do("begin", str(many))
        wait()
        answer_at_once(4)
        wait()
        troubles: list[str] = json.loads(do("judge").splitlines()[-1])
    about = {trouble.partition(":")[0].split(" of ")[0].split(" cannot")[0] for trouble in troubles}
    return Outcome(acked=trial.size, lost=len(about), recovery=time.monotonic() - begun, faults=troubles[:5])


def race_for_approvals(trial: Trial) -> Outcome:
    """Fifty people decide, withdraw, delegate and let expire at once; one process is killed. `size`: approvals."""
    begun = time.monotonic()
    careless = "1" if trial.broken else ""
    gate = trial.grounds.folder / f"gate-{trial.seed}-{trial.broken}"
    gate.unlink(missing_ok=True)
    with trial.grounds.desk(
        FIRSTLINE_RACE_GATE=str(gate), FIRSTLINE_RACE_ROUNDS=str(trial.size), FIRSTLINE_CARELESS=careless
    ) as desk:
        desk.python(RACING, "prepare")
        names = [f"racer {number}" for number in range(PROCESSES)]
        for number, name in enumerate(names):
            desk.start(name, "decide", str(number * THREADS), module=RACING)
        deadline = time.monotonic() + 60
        while any("ready" not in desk.log_of(name) for name in names) and time.monotonic() < deadline:
            time.sleep(0.05)
        gate.touch()
        while "ok" not in desk.log_of(names[-1]) and time.monotonic() < deadline:
            time.sleep(0.02)
        desk.kill(names[-1])
        for name in names[:-1]:
            desk.processes.pop(name).wait(1_800)
        told = [line.split() for name in names for line in desk.log_of(name).splitlines()]
        rows: list[dict[str, Any]] = json.loads(desk.python(RACING, "count").splitlines()[-1])
    words = [line for line in told if len(line) == 3 and line[0] in {"invoke", "ok", "no", "done"}]
    said = {(int(approval), int(person)) for word, approval, person in words if word == "ok"}
    tried = {(int(approval), int(person)) for _word, approval, person in words}
    faults = [trouble for row in rows for trouble in wrong_with(row, said, tried)]
    lost = sum("has lost" in trouble for trouble in faults)
    if not said or len(rows) != trial.size:
        faults.append(f"{len(said)} words were acknowledged about {len(rows)} approvals, so nothing was shown")
    return Outcome(acked=len(said), lost=lost, recovery=time.monotonic() - begun, faults=faults[:5])


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


DRILLS = (
    Drill("DR30", race_for_approvals, "reads_then_writes", short=3, long=5_000, control_size=3),
    Drill("DR31", change_and_roll_back, "unpinned", short=24, long=1_000, control_size=24),
)
