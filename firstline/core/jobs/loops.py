"""Things the worker looks at again and again: each in its own thread, none able to stop another.

    loops.register("mail: fetch", fetch_mail, every=30)

The function takes nothing and answers whether there was work: then it is asked again at once. Of all workers only
one runs loops at a time; its lease also fences the actions the function calls.
"""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import Error, close_old_connections, connection, connections

from firstline.core import clock
from firstline.core.actions import fenced, via
from firstline.core.leases.leadership import Leadership, process_name

from .models import LoopState

log = structlog.get_logger()

LONGEST_WAIT = 60.0  # seconds between attempts of a loop that keeps failing
NOTE_EVERY = 15.0  # seconds between notes of success: a write each time would cost more than the loop
ERROR_LENGTH = 4000

leader = Leadership("loops", seconds=15.0)


@dataclass(frozen=True, slots=True)
class Loop:
    """One registered loop; `every` in seconds."""

    name: str
    function: Callable[[], object]
    every: float


_loops: dict[str, Loop] = {}


def register(name: str, function: Callable[[], object], *, every: float) -> None:
    """Let the worker call `function` every so many seconds, and again at once while it answers true."""
    known = _loops.get(name)
    if known and known.function is not function:
        raise ValueError(f"Two loops are called {name}.")
    _loops[name] = Loop(name, function, every)


def all_loops() -> list[Loop]:
    return sorted(_loops.values(), key=lambda loop: loop.name)


class Runner:
    """Runs one loop until told to stop."""

    def __init__(self, loop: Loop, stop: threading.Event, lead: Leadership = leader) -> None:
        self.loop = loop
        self.stop = stop
        self.lead = lead
        self.failures = 0
        self._failing_since: datetime | None = None
        self._noted_at = float("-inf")
        self._noted_failures = 0

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.run, name=f"loop {self.loop.name}", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                if self.lead.token is None:  # another worker leads, or the database is away
                    self.stop.wait(0.2)
                else:
                    self.stop.wait(self.turn())
        finally:
            connections.close_all()

    def turn(self) -> float:
        """Call the function once; returns how many seconds to wait before the next turn."""
        try:
            with via("system"), fenced(self.lead.confirm):
                more = self.loop.function()
        except Exception as error:
            self.failures += 1
            self._failing_since = self._failing_since or clock.now()
            log.exception("loop failed", loop=self.loop.name, failures=self.failures)
            self._note(_sentence(error))
            _drop_broken_connection()
            wait = min(LONGEST_WAIT, max(self.loop.every, 1.0) * 2.0 ** min(self.failures - 1, 10))
            return wait * random.uniform(0.75, 1.25)  # noqa: S311 -- jitter, not a secret
        self.failures, self._failing_since = 0, None
        self._note("")
        return 0 if more else self.loop.every

    def _note(self, error: str) -> None:
        changed = bool(self._noted_failures) != bool(self.failures)
        if not changed and time.monotonic() < self._noted_at + NOTE_EVERY:
            return
        now = clock.now()
        values: dict[str, object] = {
            "every_seconds": self.loop.every,
            "worker": process_name(),
            "last_run_at": now,
            "failing_since": self._failing_since,
            "failures": self.failures,
        }
        values |= {"last_error": error} if error else {"last_success_at": now}
        try:
            LoopState.objects.update_or_create(name=self.loop.name, defaults=values)
        except Error:  # the database is away: the log has it, and the next turn tries again
            _drop_broken_connection()
            return
        self._noted_at, self._noted_failures = time.monotonic(), self.failures


def _drop_broken_connection() -> None:
    if not connection.in_atomic_block:  # a test's transaction around us is not ours to end
        close_old_connections()


def _sentence(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-ERROR_LENGTH:]
