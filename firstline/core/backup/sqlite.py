"""One moment of a SQLite database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from firstline.core.database.sqlite import library

from .archive import DATABASE, Unusable, Writer

PART = f"{DATABASE}firstline.sqlite3"


def snapshot(source: Path, folder: Path) -> Path:
    """Write the database as it is at this moment into `folder`.

    `VACUUM INTO` reads in one transaction, so writers go on and the copy is of one moment; and unlike a copy of the
    pages it leaves behind what was deleted.
    """
    target = folder / "firstline.sqlite3"
    connection = _connect(source)
    try:
        connection.execute("VACUUM INTO ?", [str(target)])
    finally:
        connection.close()
    return target


def count(path: Path) -> dict[str, int]:
    """Rows per table."""
    connection = _connect(path)
    try:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {name: _count(connection, name) for name in names}
    finally:
        connection.close()


def check(path: Path) -> None:
    """Raise if the database is damaged or holds keys that point nowhere."""
    connection = _connect(path)
    try:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
        if answer != "ok":
            raise Unusable(f"The database in the archive is damaged: {answer}")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise Unusable(f"The database in the archive has a row in {broken[0]} that points at nothing.")
    finally:
        connection.close()


def add(writer: Writer, snapshot_file: Path) -> None:
    writer.add(PART, snapshot_file)


def _connect(path: Path) -> Any:
    return library.choose().connect(path, timeout=30, isolation_level=None)


def _count(connection: Any, table: str) -> int:
    quoted = table.replace('"', '""')
    (rows,) = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 -- a name from the schema
    return int(rows)
