"""Make an archive while people work, and prove that it can be read back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from firstline.core import clock

from . import archive, postgresql, sqlite
from .archive import Manifest, Unusable, Writer

# What belongs to the running machine and not to the desk.
NOT_KEPT = {"logs", "backups", "demo", "tmp", "run"}
NOT_KEPT_ENDINGS = (".pid", ".sock", ".lock", "-wal", "-shm", "-journal", ".unfinished")


def back_up(target: Path) -> Manifest:
    """Write everything this desk keeps into `target`; raises, and leaves nothing there, if it cannot be read back.

    The database comes first: a file is written before the row that names it, so every file a row names is there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".firstline-backup-", dir=target.parent) as name:
        folder = Path(name)
        writer = Writer(target)
        try:
            manifest = Manifest(
                made_at=clock.now().isoformat(timespec="seconds"),
                version=_version(),
                engine=connection.vendor,
                migrations=sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations()),
                rows=_add_database(writer, folder),
            )
            for path in _files():
                writer.add(f"{archive.DATA}{path.relative_to(settings.DATA).as_posix()}", path)
            writer.finish(manifest)
        except BaseException:
            writer.abandon()
            raise
    try:
        prove(target)
    except Unusable:
        target.unlink()
        raise
    return manifest


def prove(target: Path) -> Manifest:
    """Read an archive back: every digest, and for SQLite the database itself."""
    manifest = archive.read(target)
    if manifest.engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix=".firstline-proof-", dir=target.parent) as name:
            archive.unpack(target, Path(name), below=archive.DATABASE)
            database = Path(name) / "firstline.sqlite3"
            sqlite.check(database)
            if sqlite.count(database) != manifest.rows:
                raise Unusable("The database in the archive does not hold the rows that were counted.")
    return manifest


def _add_database(writer: Writer, folder: Path) -> dict[str, int]:
    if connection.vendor == "sqlite":
        copy = sqlite.snapshot(Path(connection.settings_dict["NAME"]), folder)
        sqlite.add(writer, copy)
        return sqlite.count(copy)
    rows = postgresql.snapshot(folder)
    for table in rows:
        writer.add(f"{archive.DATABASE}{table}.copy", folder / f"{table}.copy")
    return rows


def _files() -> Iterator[Path]:
    """Everything in the data folder that belongs to the desk, without the database."""
    data = Path(settings.DATA)
    database = Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
    for path in sorted(data.rglob("*")):
        inside = path.relative_to(data)
        if inside.parts[0] in NOT_KEPT or path.name.endswith(NOT_KEPT_ENDINGS) or path.name.startswith("."):
            continue
        if path.is_file() and not path.is_symlink() and path != database:
            yield path


def _version() -> str:
    try:
        return version("firstline")
    except PackageNotFoundError:
        return "unknown"
