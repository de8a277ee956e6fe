"""Reading a table of any size from a file that may be anything: checked whole before a single row is used."""

from __future__ import annotations

import csv
import hashlib
import heapq
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

from .progress import Watcher

if TYPE_CHECKING:
    import _csv

Row = tuple[int, dict[str, str]]  # line number, values by column

ROWS_SORTED_AT_ONCE = 50_000
LONGEST_FIELD = 10 * 1024 * 1024
_NOT_TEXT = {b"PK\x03\x04": "a zip archive or a spreadsheet", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF"}
_OTHER_TEXT = (b"\xff\xfe", b"\xfe\xff")


class BadFile(ValueError):
    """The file cannot be used. The message is a sentence that says what to do. Nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read once to its end and found sound."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    is_sorted: bool  # by the key, so that the rows of one thing stand together


def inspect(
    path: Path,
    *,
    columns: Iterable[str],
    key: str,
    encoding: str,
    is_readable: Callable[[dict[str, str]], bool],
    watcher: Watcher,
) -> Table:
    """Read the whole file once; raise BadFile unless every line is whole.

    `is_readable` judges the last line where it has no line end: it may have been cut off in the middle.
    """
    _look_at_the_outside(path)
    header, delimiter = _header(path, encoding, tuple(columns))
    place, before, number, is_sorted = header.index(key), "", 0, True
    row: list[str] = []
    line = 1
    watcher.stage("Checking the file", path.stat().st_size)
    told = 0
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with _open(path, encoding) as text:
        reader = _reader(text, delimiter)
        try:
            next(reader)
            for row in reader:
                if not row:
                    continue
                line = reader.line_num
                if len(row) != len(header):
                    raise BadFile(
                        f"Line {line:,} has {len(row)} columns instead of {len(header)}: "
                        "the file is damaged or was cut off. Get it again and start anew."
                    )
                number += 1
                is_sorted = is_sorted and row[place] >= before
                before = row[place]
                if number % 5000 == 0:
                    watcher.advance((here := os.lseek(text.fileno(), 0, os.SEEK_CUR)) - told)
                    told = here
        except csv.Error as error:
            raise BadFile(f"Line {reader.line_num:,} cannot be read as CSV: {error}. Export the file again.") from None
        except UnicodeDecodeError as error:
            raise BadFile(_wrong_encoding(error, encoding, after=reader.line_num)) from None
    if not number:
        raise BadFile(f"{path.name} holds a header and no rows.")
    if not _ends_with_a_line_end(path) and not is_readable(dict(zip(header, row, strict=True))):
        raise BadFile(f"Line {line:,}, the last one, was cut off in the middle. Get the file again and start anew.")
    return Table(path, encoding, delimiter, tuple(header), number, digest, is_sorted)


def groups(table: Table, key: str) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each key together, in any file, with little memory: sorted on disk where they are not sorted."""
    read = rows(table)
    with ExitStack() as stack:
        if not table.is_sorted:
            read = _sorted_on_disk(read, key, stack)
        for value, together in groupby(read, key=lambda row: row[1][key]):
            yield value, list(together)


def rows(table: Table) -> Iterator[Row]:
    with _open(table.path, table.encoding) as text:
        reader = _reader(text, table.delimiter)
        next(reader)
        number = 0
        for row in reader:
            if row:
                number += 1
                if len(row) != len(table.columns):
                    break
                yield reader.line_num, dict(zip(table.columns, row, strict=True))
    if number != table.rows:
        raise BadFile(f"{table.path.name} changed while it was read. Start again when it is complete.")


def _look_at_the_outside(path: Path) -> None:
    if not path.exists():
        raise BadFile(f"There is no file {path}.")
    if path.is_dir():
        raise BadFile(f"{path} is a folder. Give the file in it.")
    if not os.access(path, os.R_OK):
        raise BadFile(f"{path} may not be read by this user.")
    if not path.is_file():
        raise BadFile(f"{path} is not a regular file; it must be read twice.")
    with path.open("rb") as file:
        start = file.read(65_536)
    if not start.strip():
        raise BadFile(f"{path.name} is empty.")
    for magic, what in _NOT_TEXT.items():
        if start.startswith(magic):
            raise BadFile(f"{path.name} is {what}, not a CSV file. Unpack it or export it as CSV.")
    if start.startswith(_OTHER_TEXT):
        raise BadFile(f"{path.name} is UTF-16 text. Save it as UTF-8.")
    if b"\x00" in start:
        raise BadFile(f"{path.name} is a binary file, not a CSV file.")


def _header(path: Path, encoding: str, wanted: tuple[str, ...]) -> tuple[list[str], str]:
    try:
        with _open(path, encoding) as text:
            first = text.readline(LONGEST_FIELD)
    except UnicodeDecodeError as error:
        raise BadFile(_wrong_encoding(error, encoding, after=0)) from None
    delimiter = max(",;\t", key=first.count)
    try:
        header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error:
        header = []
    missing = [name for name in wanted if name not in header]
    if len(missing) == len(wanted):
        raise BadFile(f"{path.name} is not such a file: its first line has none of the columns {', '.join(wanted)}.")
    if missing:
        raise BadFile(f"The first line of {path.name} lacks the columns {', '.join(missing)}.")
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise BadFile(f"The first line of {path.name} has the column {twice[0]} twice.")
    return header, delimiter


def _open(path: Path, encoding: str) -> TextIOWrapper:
    return path.open(encoding=encoding, newline="")


def _reader(text: TextIOWrapper, delimiter: str) -> _csv.Reader:
    csv.field_size_limit(LONGEST_FIELD)
    return csv.reader(text, delimiter=delimiter, strict=True)


def _wrong_encoding(error: UnicodeDecodeError, encoding: str, *, after: int) -> str:
    name = encoding.removesuffix("-sig").upper()
    letter = error.object[error.start]
    return (
        f"The file is not {name}: there is a byte 0x{letter:02x} somewhere after line {after:,}. "
        "Save it as UTF-8, or say its encoding, as in --encoding cp1252."
    )


def _ends_with_a_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) in b"\r\n"


def _sorted_on_disk(read: Iterator[Row], key: str, stack: ExitStack) -> Iterator[Row]:
    """Sort pieces in memory, keep them in files, and merge those (an external merge sort)."""
    pieces = []
    while piece := sorted(islice(read, ROWS_SORTED_AT_ONCE), key=lambda row: (row[1][key], row[0])):
        file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))  # noqa: SIM115 -- the stack closes it
        file.writelines(f"{json.dumps(row)}\n" for row in piece)
        file.seek(0)
        pieces.append(map(_row, file))
    return heapq.merge(*pieces, key=lambda row: (row[1][key], row[0]))


def _row(text: str) -> Row:
    line, values = json.loads(text)
    return line, values
