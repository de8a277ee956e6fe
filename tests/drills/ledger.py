"""What the outside world knows: written and flushed to the disk before and after each thing it asks for."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path


class Ledger:
    """`invoke KEY` before asking, `ok KEY` when it was acknowledged. Outside of the system that is being broken."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")
        self._lock = threading.Lock()
        self.invoked: set[str] = set()
        self.acked: dict[str, float] = {}  # key → monotonic seconds
        self.refusals: list[int] = []  # the statuses
        self.faults: list[str] = []

    def invoke(self, key: str) -> None:
        self._write("invoke", key)
        self.invoked.add(key)

    def ok(self, key: str) -> None:
        self._write("ok", key)
        self.acked[key] = time.monotonic()

    def refused(self, key: str, status: int) -> None:
        """Told clearly that it has not happened; the client asks again."""
        self._write("refused", f"{key} {status}")
        self.refusals.append(status)

    def fault(self, words: str) -> None:
        self._write("fault", words)
        self.faults.append(words)

    def wait_for(self, count: int, *, seconds: float = 30) -> None:
        """Until so much more was acknowledged: on a slow machine a fixed time shows nothing."""
        enough, deadline = len(self.acked) + count, time.monotonic() + seconds
        while len(self.acked) < enough and time.monotonic() < deadline:
            time.sleep(0.02)

    def gap_after(self, moment: float) -> float:
        """Seconds from `moment` until the next acknowledgement; 0 if there was none any more."""
        return min((at - moment for at in list(self.acked.values()) if at >= moment), default=0.0)

    def _write(self, word: str, key: str) -> None:
        with self._lock:
            self._file.write(f"{time.time():.3f} {word} {key}\n")
            self._file.flush()
            os.fsync(self._file.fileno())
