"""Processes that are killed, frozen and doubled. Real ones, on a database of their own."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.slow

DRIVE = "firstline.config.tests.worker.drive"
LEASE = 2.0
PATIENCE = 40.0  # seconds; the machine may be busy


class Desk:
    """An installation of its own: a database, a file of notes, and processes."""

    def __init__(self, folder: Path) -> None:
        self.notes_file = folder / "notes"
        self.go_file = folder / "go"
        self.surroundings = {
            **os.environ, "FIRSTLINE_DATA": str(folder), "FIRSTLINE_DRIVE": str(self.notes_file),
        }  # fmt: skip
        self.surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # else each start compiles Django anew, for seconds
        if os.environ.get("FIRSTLINE_TEST_DB") != "postgresql":  # there the tests' database is in memory
            self.surroundings["FIRSTLINE_DATABASE"] = f"sqlite:///{folder}/desk.sqlite3"
        self.started: list[subprocess.Popen[str]] = []
        self._run("firstline", "manage", "migrate", "-v0").wait()
        self.driver = self._run(DRIVE, "serve", talks=True)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        self.started.append(self._run(DRIVE, *arguments))
        return self.started[-1]

    def start_command(self, *arguments: str) -> subprocess.Popen[str]:
        self.started.append(self._run("firstline", *arguments))
        return self.started[-1]

    def do(self, *arguments: str) -> Any:
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        print(*arguments, file=self.driver.stdin, flush=True)
        return ast.literal_eval(self.driver.stdout.readline())

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do("state")
        return found

    def _run(self, module: str, *arguments: str, talks: bool = False) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=self.surroundings,
            text=True,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def notes(self) -> Counter[str]:
        return Counter(self.notes_file.read_text().splitlines()) if self.notes_file.exists() else Counter()

    def wait(self, condition: Callable[[], object], what: str) -> float:
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() < begun + PATIENCE, f"{what} did not happen; notes: {self.notes()}"
            time.sleep(0.05)
        return time.monotonic() - begun

    def begin(self) -> None:
        self.do("empty")
        for file in (self.notes_file, self.go_file):
            file.unlink(missing_ok=True)

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        self.started.clear()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    yield found
    found.driver.kill()
    found.driver.wait()


@pytest.fixture
def desk(installation: Desk) -> Iterator[Desk]:
    installation.begin()
    yield installation
    installation.end()


def test_a_job_of_a_killed_worker_is_done_by_the_next_one_once(desk: Desk) -> None:
    desk.do("ask", "1")
    first = desk.start("work", str(LEASE))
    desk.wait(lambda: desk.notes()["attempt 1"], "the first attempt")
    first.kill()
    first.wait()

    desk.start("work", str(LEASE))
    desk.wait(lambda: desk.notes()["working"] == 2, "the second worker")
    seconds = desk.wait(lambda: desk.notes()["rang"], "the second attempt")

    assert seconds < LEASE + 10
    desk.wait(lambda: desk.state()["jobs"] == [("SUCCESSFUL", 2)], "the end of the job")
    assert desk.state()["rang"] == 1


def _freeze_and_wake(desk: Desk, command: str) -> int:
    """Freeze a worker within its job, let another do the job, wake the first; returns how often the bell rang."""
    desk.do("ask", "1")
    zombie = desk.start(command, str(LEASE))
    desk.wait(lambda: desk.notes()["attempt 1"], "the first attempt")
    zombie.send_signal(signal.SIGSTOP)
    desk.start(command, str(LEASE))
    desk.wait(lambda: desk.notes()["rang"], "the second attempt")

    desk.go_file.touch()
    zombie.send_signal(signal.SIGCONT)
    desk.wait(lambda: desk.notes()["fenced off"] or desk.notes()["rang"] == 2, "the awakening")
    rang: int = desk.state()["rang"]
    return rang


def test_a_frozen_worker_that_wakes_up_changes_nothing(desk: Desk) -> None:
    assert _freeze_and_wake(desk, "work") == 1
    assert desk.notes()["fenced off"] == 1


def test_without_the_fence_it_would_have_happened_twice(desk: Desk) -> None:
    """The negative control: django-ox alone fences the outcome of a job, not what the job changes."""
    assert _freeze_and_wake(desk, "work_without_fence") == 2


def test_a_frozen_sealer_that_wakes_up_seals_nothing(desk: Desk) -> None:
    desk.do("rings", "5")
    zombie = desk.start("seal_late", str(LEASE))
    desk.wait(lambda: desk.notes()["leading"], "the lease")
    zombie.send_signal(signal.SIGSTOP)
    desk.start("work", str(LEASE))
    desk.wait(lambda: sum(count for words, count in desk.notes().items() if words.startswith("heard")) == 5, "hearing")

    desk.do("rings", "1")
    desk.go_file.touch()
    zombie.send_signal(signal.SIGCONT)

    desk.wait(lambda: desk.notes()["fenced off"], "the refusal")
    assert desk.notes()["sealed"] == 0
    desk.wait(lambda: desk.state()["unsealed"] == 0, "sealing")
    assert desk.state()["whole"]


def test_two_workers_started_by_mistake_do_everything_once(desk: Desk) -> None:
    workers = [desk.start("ticking", str(LEASE)) for _ in range(2)]
    desk.wait(lambda: desk.notes()["working"] == 2, "both workers")
    desk.do("stress", "60")
    desk.do("rings", "20")

    desk.wait(lambda: desk.state()["rang"] == 60, "the jobs")
    desk.wait(lambda: sum(words.startswith("heard") for words in desk.notes().elements()) >= 60, "the listeners")
    desk.wait(lambda: desk.notes()["tick"] >= 3, "periodic work")
    for worker in workers:
        worker.terminate()
        worker.wait(10)

    state = desk.state()
    heard = [words for words in desk.notes().elements() if words.startswith("heard")]
    assert (len(heard), len(set(heard))) == (60, 60)
    assert (state["rang"], state["reactions"], state["whole"]) == (60, 60, True)
    ticks = [job for job in state["jobs"] if job[0] == "SUCCESSFUL"]
    assert len(ticks) == 40 + desk.notes()["tick"]  # forty of sixty were not rolled back
    assert state["double ticks"] == 0


def test_a_worker_stops_within_two_seconds_and_hands_its_job_on(desk: Desk) -> None:
    desk.do("ask", "1")
    worker = desk.start_command("worker")  # as it is installed, with its lease of half a minute
    desk.wait(lambda: desk.notes()["attempt 1"], "the first attempt")

    begun = time.monotonic()
    worker.send_signal(signal.SIGINT)
    assert worker.wait(10) == 0

    assert time.monotonic() - begun < 2.0
    assert desk.state()["jobs"][-1] == ("READY", 1)
    desk.start("work", "30")
    desk.wait(lambda: desk.notes()["working"], "the next worker")
    assert desk.wait(lambda: desk.notes()["rang"], "the job, without waiting for the lease") < 10


def test_a_worker_outlives_an_outage_of_its_database(desk: Desk) -> None:
    if os.environ.get("FIRSTLINE_TEST_DB") != "postgresql":
        pytest.skip("SQLite cannot be away.")
    worker = desk.start("work", str(LEASE))
    desk.wait(lambda: desk.notes()["working"], "the worker")
    desk.do("rings", "1")
    desk.wait(lambda: any(words.startswith("heard") for words in desk.notes()), "hearing")

    with psycopg.connect(os.environ["FIRSTLINE_DATABASE"].replace("/firstline?", "/postgres?"), autocommit=True) as top:
        top.execute("ALTER DATABASE firstline ALLOW_CONNECTIONS false")
        top.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'firstline'")
        time.sleep(3)
        assert worker.poll() is None
        top.execute("ALTER DATABASE firstline ALLOW_CONNECTIONS true")
    desk.do("rings", "1")

    seconds = desk.wait(lambda: sum(words.startswith("heard") for words in desk.notes().elements()) == 2, "recovery")
    assert seconds < 15
