"""A run of a workflow whose processes are killed between any two of their statements (DR5 in its manner; issue 5).

Every statement, commit and call of a transaction that touches a run is a point at which the process may die. What
there are is counted first, with a process that does not die; then one life ends at each of them.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.drills.checker import Outcome
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.kills import LEASE
from tests.drills.sink import Sink
from tests.rig.desk import Desk, free_port
from tests.rig.wire import Broken, Wire, request

POINTS = "points"  # a file in the data folder: one line for each point that a process has come to
PORT = free_port()  # of the other system: one for all, so that desks need not be set up anew
OTHER = f"http://localhost:{PORT}/orders"
LONGEST = 60  # seconds for one run
SECRET = "s" * 32
# Where an effect outside of the machine and the rows about it could come apart: always tried.
DELICATE = ("asked", "commit", "committed")


def kill_at_every_point(trial: Trial) -> Outcome:
    """A run with approval, call-out, task, sub-workflow and timer; a process dies at each point. `size`: deaths."""
    outcome, began = Outcome(), time.monotonic()
    with (
        Sink() as sink,
        _other_system() as calls,
        trial.grounds.desk(FIRSTLINE_SMTP=sink.url, FIRSTLINE_OUTBOUND_ALLOWED=f"localhost:{PORT}") as desk,
    ):
        driver = _Driver(trial, desk)
        keys = [driver.go("counting", {"web": 0, "worker": 0})]
        points = {name: driver.points(name) for name in ("web", "worker")}
        deaths = list(_chosen(trial, points))
        slowest = 0.0
        for place, (name, number) in enumerate(deaths):
            begun = time.monotonic()
            keys.append(driver.go(f"{place}", {name: number}))
            slowest = max(slowest, time.monotonic() - begun)
        desk.entry = ["firstline"]
        desk.kill(*desk.processes)
        desk.start("worker", "worker", "--lease", LEASE)
        found = stored(desk, settled=trial.patience, forward=True)
        outcome.faults += _judged(desk, keys)
        outcome.faults += found["faults"]
        if not found["settled"]:
            outcome.faults.append(f"the work did not end: {found['jobs']}")
    outcome.acked, outcome.recovery = len(keys), slowest
    outcome.lost = sum(1 for key in keys if key in driver.unfinished)
    outcome.faults += driver.faults
    # How often the worker looks before there is something to do differs a little, and with it its last points.
    if driver.died < len(deaths) * 2 / 3:
        outcome.faults.append(f"only {driver.died} of {len(deaths)} processes have died")
    wanted = Counter(calls)
    outcome.duplicated += max(0, len(wanted) - len(keys))  # one id for each run, however often it was sent
    if len(wanted) < len(keys):
        outcome.lost += len(keys) - len(wanted)
    if sum(wanted.values()) - len(wanted) > driver.died:
        outcome.faults.append("the other system was asked more often than processes have died")
    doubted = {name for _to, name, _state, is_doubted, _attempts in found["outgoing"] if is_doubted}
    for names in sink.got.values():
        outcome.duplicated += sum(many - 1 for name, many in Counter(names).items() if name not in doubted)
    print(f"{len(points['web'])} points of web, {len(points['worker'])} of the worker; {driver.died} deaths in "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    return outcome


def _chosen(trial: Trial, points: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    """Which points are tried: the delicate ones of each kind first, then others in the order of the seed; or all."""
    everything = [(name, number) for name, labels in points.items() for number in range(1, len(labels) + 1)]
    trial.chance.shuffle(everything)
    if trial.broken:
        # What is wrong shows itself where the other system has been asked and nothing is kept yet.
        everything = [(name, number) for name, number in everything if points[name][number - 1] == "asked"]
    seen: Counter[str] = Counter()

    def rank(each: tuple[str, int]) -> tuple[int, int]:
        label = points[each[0]][each[1] - 1]
        seen[label] += 1
        return (seen[label], DELICATE.index(label) if label in DELICATE else len(DELICATE))

    yield from sorted(everything, key=rank)[: trial.size]


class _Driver:
    """Whoever does what the run asks for, again when it was not acknowledged, and starts what has died."""

    def __init__(self, trial: Trial, desk: Desk) -> None:
        self.trial, self.desk = trial, desk
        self.died = 0
        self.unfinished: list[str] = []
        self.faults: list[str] = []
        self.session = json.loads(desk.python("tests.drills.courses", "prepare", OTHER))["session"]

    def points(self, name: str) -> list[str]:
        file = self.desk.folder / f"{POINTS}-{name}"
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def go(self, what: str, deadly: dict[str, int]) -> str:
        """One run from its beginning to its end; the processes named die at these points (0: only counted)."""
        desk, key = self.desk, f"c{self.trial.seed}-{self.trial.broken}{what}"
        desk.kill(*desk.processes)
        desk.entry = ["firstline"] if not self.trial.broken else ["tests.drills.broken", self.trial.broken]
        desk.python("tests.drills.courses", "begin", key)
        for name in ("web", "worker"):
            self._start(name, deadly.get(name))
        deadline = time.monotonic() + min(LONGEST, self.trial.patience)
        with Wire(desk.port, timeout=20) as wire:
            while time.monotonic() < deadline:
                self._revive(deadly)
                seen = json.loads(desk.python("tests.drills.courses", "look", key))
                if not seen["open"]:
                    time.sleep(0.5 if any(deadly.values()) else 0)  # it may die after its last commit
                    self._revive(deadly)
                    return key
                if seen["stuck"]:
                    self.faults.append(f"{key} stands still: {seen['stuck'][0]}")
                    return key
                self._do(wire, seen)
        self.unfinished.append(key)
        return key

    def _start(self, name: str, point: int | None) -> None:
        """`point`: it dies there; None: it does not."""
        desk, entry = self.desk, self.desk.entry
        if point is not None:
            wrong = f"+{self.trial.broken}" if self.trial.broken else ""
            desk.entry = ["tests.drills.broken", f"dies_at:{name},{point}{wrong}"]
        if name == "web":
            desk.start("web", "web", "--fd", "{fd}")
        else:
            desk.start("worker", "worker", "--lease", LEASE)
        desk.entry = entry

    def _revive(self, deadly: dict[str, int]) -> None:
        for name in ("web", "worker"):
            if self.desk.processes[name].poll() is not None:
                self.died += deadly.pop(name, 0) > 0
                self.desk.kill(name)
                self._start(name, None)

    def _do(self, wire: Wire, seen: dict[str, Any]) -> None:
        if seen["approval"]:
            number, stage = seen["approval"]
            self._post(wire, f"/approvals/{number}/decision", f"says=grant&stage={stage}")
        elif seen["step"]:
            self._post(wire, f"/runs/steps/{seen['step']}", "outcome=done")
        else:  # the worker, or time, has the next word
            time.sleep(0.2)

    def _post(self, wire: Wire, path: str, body: str) -> None:
        said = request(
            "POST", path, body=f"{body}&csrfmiddlewaretoken={SECRET}".encode(),
            content_type="application/x-www-form-urlencoded", origin="http://127.0.0.1",
            cookie=f"firstline={self.session}; firstline-csrf={SECRET}",
        )  # fmt: skip
        try:
            answer = wire.ask(said)
        except Broken:
            time.sleep(0.05)  # it has died: what became of it is seen by looking
            return
        if answer.status not in {302, 403, 404, 422, 503}:
            self.faults.append(f"{path} answered {answer.status}")


def _judged(desk: Desk, keys: list[str]) -> list[str]:
    said: list[str] = json.loads(desk.python("tests.drills.courses", "judge", *keys).splitlines()[-1])
    return said


@contextmanager
def _other_system() -> Iterator[list[str]]:
    """Notes the id of every request it has read, and agrees."""
    calls: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            calls.append(self.headers["Idempotency-Key"])
            self.send_response(200)
            self.send_header("Content-Length", "15")
            self.end_headers()
            self.wfile.write(b'{"said": "yes"}')

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", PORT), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield calls
    finally:
        server.shutdown()
        server.server_close()


DRILLS = (Drill("DR41", kill_at_every_point, "asks_before_it_is_kept", short=5, long=100_000, control_size=2),)
