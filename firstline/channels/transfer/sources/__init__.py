"""The systems we can read from: one file each. A reader turns a file into the records of engine/records.py.

To add one: write `sources/<name>.py` with a class like `ServicenowLog`, and name it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Protocol

from firstline.channels.transfer.engine.account import Account
from firstline.channels.transfer.engine.progress import Watcher
from firstline.channels.transfer.engine.records import FieldWord, StatusWord, TicketRecord
from firstline.channels.transfer.engine.tables import Table

from .servicenow_log import ServicenowLog


@dataclass(frozen=True, slots=True)
class Options:
    """What only the person who brings a file in can know."""

    time_zone: tzinfo = UTC
    encoding: str = "utf-8-sig"


class Source(Protocol):
    """A system to read from."""

    key: str
    title: str
    columns: tuple[str, ...]
    fields: tuple[FieldWord, ...]

    def check(self, path: Path, options: Options, watcher: Watcher) -> Table:
        """Read the file once, to its end; raise BadFile with a sentence unless it is sound."""

    def tickets(self, table: Table, options: Options, account: Account, watcher: Watcher) -> Iterator[TicketRecord]:
        """Every ticket of the file, one after the other; rows that make no sense are refused to the account."""

    def status(self, word: str) -> StatusWord:
        """What a status of that system means."""


SOURCES: Mapping[str, Source] = {source.key: source for source in (ServicenowLog(),)}


def recognise(path: Path) -> Source:
    """The system whose columns stand in the first line of the file."""
    start = ""
    if path.is_file():
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            start = file.readline(100_000)
    return max(SOURCES.values(), key=lambda source: sum(column in start for column in source.columns))
