"""Who may write next, among the connections of one process.

SQLite has one writer at a time and no queue: whoever finds it busy has to ask again and again. Threads of one process
need not: they stand in line here and are woken when it is their turn. Only the first in line asks SQLite, against
writers of other processes. Measured in docs/why/database.md.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque

LOOK_AGAIN = 0.5  # seconds after which whoever waits looks whether the connection before is still there


class Turns:
    """A line of connections. Whichever holds the turn may take it again; it ends with the first `leave`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        # The connection whose turn it is; for the moment its thread needs to wake up, the event that wakes it.
        self._holder: weakref.ref[object] | threading.Event | None = None

    def take(self, connection: object, seconds: float) -> bool:
        """Wait for one's turn, at most so long; whether it came."""
        deadline = time.monotonic() + seconds
        with self._lock:
            if self._is_gone():
                self._pass_on()
            if self._holder is None or self._is_holding(connection):
                self._holder = weakref.ref(connection)
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        while True:
            mine.wait(max(0.0, min(LOOK_AGAIN, deadline - time.monotonic())))
            with self._lock:
                if self._is_gone():
                    self._pass_on()
                if self._holder is mine:
                    self._holder = weakref.ref(connection)
                    return True
                if time.monotonic() >= deadline:
                    self._waiting.remove(mine)
                    return False

    def leave(self, connection: object) -> None:
        """Let the next one in, if it is this one's turn."""
        with self._lock:
            if self._is_holding(connection):
                self._pass_on()

    def _is_holding(self, connection: object) -> bool:
        return isinstance(self._holder, weakref.ref) and self._holder() is connection

    def _is_gone(self) -> bool:
        """Its thread has ended without a word; SQLite has taken back what it had begun."""
        return isinstance(self._holder, weakref.ref) and self._holder() is None

    def _pass_on(self) -> None:
        self._holder = self._waiting.popleft() if self._waiting else None
        if self._holder is not None:
            self._holder.set()


_lines: dict[str, Turns] = {}


def line(database: str) -> Turns:
    """The line before a database."""
    return _lines.setdefault(database, Turns())


os.register_at_fork(after_in_child=_lines.clear)  # whoever held a turn in the parent does not live in the child
