"""How far it is: a bar where somebody looks, plain lines where nobody does."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Task as RichTask
from rich.text import Text

SECONDS_BETWEEN_LINES = 5.0


class Watcher(Protocol):
    """Somebody who wants to know how far it is."""

    def stage(self, what: str, total: int) -> None:
        """A new stretch of work begins."""

    def advance(self, amount: int) -> None:
        """So much more is done."""


class Silent:
    """Nobody looks."""

    def stage(self, what: str, total: int) -> None:
        pass

    def advance(self, amount: int) -> None:
        pass


class Lines:
    """A line every few seconds, for logs."""

    def __init__(self, out: TextIO = sys.stderr) -> None:
        self._out = out

    def stage(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._began = self._told = time.monotonic()
        print(f"{what} …", file=self._out, flush=True)

    def advance(self, amount: int) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN_LINES and self._done:
            self._told = now
            rate = self._done / (now - self._began)
            left = max(0, self._total - self._done) / rate
            share = f"{self._done:,} of {self._total:,}, {rate:,.0f} a second, {left:.0f} s left"
            print(f"{self._what}: {share}", file=self._out, flush=True)


class Bar:
    """A bar with rate and time left. Used with `with`."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
            _Rate("rate"), TimeRemainingColumn(), console=console,
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def stage(self, what: str, total: int) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=self._progress.tasks[-1].total)
        self._task = self._progress.add_task(what, total=total)

    def advance(self, amount: int) -> None:
        if self._task is not None:
            self._progress.advance(self._task, amount)


class _Rate(TextColumn):
    def render(self, task: RichTask) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="progress.data.speed")
