"""Tables as files that people fill in with a spreadsheet: CSV in UTF-8, read from anybody, written for anybody.

A cell that begins with `= + - @`, a tab or a return would be worked out as a formula by the spreadsheet that opens it
(OWASP, CSV Injection). What we write begins with an apostrophe there; reading takes it off again, so that nothing
is changed by going out and coming back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # the wide ones are formulas in Japan
LONGEST_CELL = 50_000
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NoTable(ValueError):
    """It cannot be read as a table. `code`: spreadsheet, encoding, empty, damaged; `line` where it is known."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code, self.line = code, line


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet works it out."""
    is_formula = cell.startswith(FORMULA) or (cell.startswith("'") and cell[1:].startswith(FORMULA))
    return f"'{cell}" if is_formula else cell


def as_typed(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") and (cell[1:].startswith((*FORMULA, "'"))) else cell


def written(rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(
        [harmless(cell) for cell in row] for row in rows
    )
    return text.getvalue()


def decoded(content: bytes) -> str:
    """The text of a file; raises `NoTable` for what is none."""
    if content.startswith(_SPREADSHEETS):
        raise NoTable("spreadsheet")
    try:
        return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise NoTable("encoding") from None


def read(text: str, *, most: int) -> list[tuple[int, list[str]]]:
    """Rows with the number of the line each begins at; empty ones are left out, and there are at most `most`."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise NoTable("empty")
    if "\x00" in text:
        raise NoTable("damaged")
    first = text.lstrip("\r\n").splitlines()[0]
    if first.lower().startswith("sep="):  # what Excel writes at the top of a file of its own
        text, delimiter = text.lstrip("\r\n").partition("\n")[2], first[4:5] or ","
    else:
        delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((begins, [as_typed(cell.strip())[:LONGEST_CELL] for cell in row]))
            begins = reader.line_num + 1
            if len(rows) > most:
                break
    except csv.Error:
        raise NoTable("damaged", reader.line_num) from None
    return rows
