"""Notice that a file of the package has changed: for `firstline demo --reload`."""

from __future__ import annotations

import time
from pathlib import Path

SUFFIXES = frozenset({".py", ".html", ".txt", ".mo"})
EVERY_SECONDS = 0.7


class Watcher:
    """Looks at the times of change; some hundred files take a few milliseconds, and need no library."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._times = self._read()
        self._looked = time.monotonic()

    def changed(self) -> Path | None:
        """A file that has changed, appeared or gone since the last time."""
        if time.monotonic() - self._looked < EVERY_SECONDS:
            return None
        before, self._times = self._times, self._read()
        self._looked = time.monotonic()
        different = dict(before.items() ^ self._times.items())
        return next(iter(different), None)

    def _read(self) -> dict[Path, int]:
        found = {}
        for path in self._folder.rglob("*"):
            if path.suffix in SUFFIXES and "tests" not in path.parts:
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:
                    continue
        return found
