"""Files in a folder on this machine.

A file is written beside its place, flushed to the disk, and only then given its name: a kill or a power cut leaves
either the whole file or none. Storing the same content again replaces the file: that renews its date and
heals it if it was damaged.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from .storage import Missing, NoSpace

FULL = {errno.ENOSPC, errno.EDQUOT}
# What we leave free, so that the database on the same disk can still write.
RESERVE = 32 * 1024 * 1024


class Folder:
    """`ab/cd/abcd…` below a folder; `incoming` and `leaving` hold what is on its way."""

    def __init__(self, path: Path, *, reserve: int = RESERVE) -> None:
        self.path = path
        self.reserve = reserve

    def begin(self) -> IncomingFile:
        with _no_space():
            folder = self.path / "incoming"
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < self.reserve:
                raise NoSpace
            return IncomingFile(self, folder)

    def open(self, sha256: str) -> IO[bytes]:
        try:
            return self.place(sha256).open("rb")
        except FileNotFoundError:
            raise Missing(errno.ENOENT, "No such file is kept", sha256) from None

    def exists(self, sha256: str) -> bool:
        return self.place(sha256).exists()

    def names(self) -> Iterator[tuple[str, datetime]]:
        for path in self.path.glob("??/??/*"):
            with suppress(FileNotFoundError):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def delete(self, sha256: str, *, stored_before: datetime) -> bool:
        """Take it out of its place first, then look at its date: who stores the same meanwhile loses nothing."""
        place, leaving = self.place(sha256), self.path / "leaving"
        leaving.mkdir(exist_ok=True)
        taken = leaving / sha256
        try:
            place.rename(taken)
        except FileNotFoundError:
            return False
        if taken.stat().st_mtime >= stored_before.timestamp():
            with suppress(FileExistsError):
                os.link(taken, place)
            taken.unlink()
            return False
        taken.unlink()
        return not place.exists()

    def tidy(self, *, before: datetime) -> None:
        """Remove what was never finished, and put back what a killed sweep had taken out."""
        for path in (self.path / "incoming").glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
        for path in (self.path / "leaving").glob("*"):
            with suppress(FileNotFoundError, FileExistsError):
                os.link(path, self.place(path.name))
            path.unlink(missing_ok=True)

    def place(self, sha256: str) -> Path:
        return self.path / sha256[:2] / sha256[2:4] / sha256


class IncomingFile:
    """A temporary file on the same file system, to be renamed into its place."""

    def __init__(self, folder: Folder, incoming: Path) -> None:
        self._folder = folder
        handle, name = tempfile.mkstemp(dir=incoming)
        self._file = os.fdopen(handle, "wb")
        self._path = Path(name)

    def write(self, piece: bytes) -> None:
        with _no_space():
            self._file.write(piece)

    def keep(self, sha256: str) -> None:
        place = self._folder.place(sha256)
        with _no_space():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            for folder in (place.parent.parent, place.parent):
                if not folder.exists():
                    folder.mkdir(exist_ok=True)
                    _flush(folder.parent)
            self._path.replace(place)
            _flush(place.parent)

    def drop(self) -> None:
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    """Make the folder's entries durable; Windows cannot, and does it by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _no_space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace from error
        raise


def digest_of(file: Any) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
