"""One process tree: a parent that starts the parts of Firstline, starts them again, and ends them all."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from firstline.config import supervised

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 20.0  # who has lived so long starts again without a pause
STOP_SECONDS = 4.5
LARGEST_LOG = 10 * 1024 * 1024


@dataclass
class Child:
    """One part: the arguments of its command and where its words go; without a file, where ours go."""

    name: str
    arguments: Sequence[str]
    log: Path | None
    fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE
    is_renewing: bool = False
    waits: bool = False  # until `release`: who must answer first gets the processors for itself


class Supervisor:
    """Keeps its children running until it is told to stop. `tell` says what happened, for people."""

    def __init__(self, children: Sequence[Child], *, tell: Callable[[str], None]) -> None:
        self.children = list(children)
        self._tell = tell
        self._stop = threading.Event()
        self._read_end, self._write_end = os.pipe()  # the write end closes with us, however we end
        os.set_inheritable(self._write_end, False)

    def run(self, *, every_turn: Callable[[], None] = lambda: None) -> None:
        """Until SIGINT or SIGTERM. In the main thread: on Linux children die with the thread that made them."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        try:
            while not self._stop.is_set():
                for child in self.children:
                    self._look_after(child)
                every_turn()
                self._stop.wait(0.2)
        finally:
            self.end()

    def stop(self) -> None:
        self._stop.set()

    def release(self) -> None:
        """Start those who wait, too."""
        for child in self.children:
            child.waits = False

    def renew(self) -> None:
        """End all children, to be started again at once: the code has changed."""
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.is_renewing = True
                child.process.terminate()

    def end(self) -> None:
        """Ask all to end, and after a few seconds make them."""
        living = [child for child in self.children if child.process is not None and child.process.poll() is None]
        for child in living:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in living:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))  # type: ignore[union-attr]
            _signal(child, signal.SIGKILL)  # also what the child itself has started
            child.process.wait()  # type: ignore[union-attr]

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set():  # asked twice: no more patience
            for child in self.children:
                _signal(child, signal.SIGKILL)
        self._stop.set()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at and not child.waits:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        _signal(child, signal.SIGKILL)  # what it has started and left behind
        child.process = None
        if child.is_renewing:
            child.is_renewing = False
            return
        child.pause = FIRST_PAUSE if now - child.started > STEADY_SECONDS else min(child.pause * 2, LONGEST_PAUSE)
        child.start_at = now + child.pause
        self._tell(f"{child.name} has ended ({_reason(code)}); it starts again. {last_words(child.log)}".rstrip())

    def _start(self, child: Child) -> None:
        surroundings = {
            **os.environ,
            supervised.PARENT: str(os.getpid()),
            supervised.PIPE: str(self._read_end),
            "PYTHONUNBUFFERED": "1",
        }
        with _opened(child.log) as log:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "firstline.config.supervised", *child.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=surroundings,
                pass_fds=(self._read_end, *child.fds), process_group=0,
            )  # fmt: skip
        child.started = time.monotonic()


@contextlib.contextmanager
def _opened(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".old"))
    with log.open("ab") as file:
        yield file


def _signal(child: Child, number: int) -> None:
    """To the child and all it has started: it leads a group of its own."""
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, number)


def _reason(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def last_words(log: Path | None, *, most: int = 300) -> str:
    """The last line it wrote: mostly why it ended."""
    if log is None or not log.exists():
        return ""
    lines = log.read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
    words = lines[-1][-most:] if lines else ""
    return "".join(letter if letter.isprintable() else " " for letter in words)
