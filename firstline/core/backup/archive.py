"""The archive file: a plain tar that any tool can open, with a manifest that names and digests every part.

The manifest is the last member, because the digests are known only when everything is written.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, DATA = "database/", "data/"  # what the names of the parts begin with
CHUNK = 1 << 20


class Unusable(Exception):
    """This archive cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file in the archive."""

    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What the archive holds, and what made it."""

    made_at: str
    version: str  # of Firstline
    engine: str  # sqlite or postgresql
    migrations: list[list[str]]  # app and name of each applied one
    rows: dict[str, int]  # per table
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)


class Writer:
    """Adds parts to a new archive. It gets its name only when it is complete and on the disk."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._unfinished = target.with_name(f".{target.name}.unfinished")
        descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 -- closed by finish
        self.parts: list[Part] = []

    def add(self, name: str, path: Path) -> None:
        """Add a file. One that grows meanwhile (a log) is cut where it ended when we came."""
        with path.open("rb") as source:
            info = tarfile.TarInfo(name)
            status = os.fstat(source.fileno())
            info.size, info.mtime, info.mode = status.st_size, int(status.st_mtime), 0o600
            digesting = _Digesting(source)
            self._tar.addfile(info, digesting)
        self.parts.append(Part(name, info.size, digesting.digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        manifest.parts = self.parts
        text = json.dumps(asdict(manifest), indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self._tar.addfile(info, io.BytesIO(text))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._target)
        folder = os.open(self._target.parent, os.O_RDONLY)
        os.fsync(folder)  # the new name, too, must survive a power cut
        os.close(folder)

    def abandon(self) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


class _Digesting:
    """A file that is digested while tarfile reads it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


def read(path: Path) -> Manifest:
    """The manifest, after every part was read and found as it was written."""
    found = {part.name: part for part in _parts(path)}
    manifest = _manifest(path)
    promised = {part.name: part for part in manifest.parts}
    for name, part in promised.items():
        if name not in found:
            raise Unusable(f"{path.name} lacks {name}, which its manifest names.")
        if found[name] != part:
            raise Unusable(f"{name} in {path.name} is not as it was written: its digest differs.")
    if extra := set(found) - set(promised):
        raise Unusable(f"{path.name} holds {min(extra)}, which its manifest does not name.")
    return manifest


def unpack(path: Path, into: Path, *, below: str) -> None:
    """Write the parts whose names begin with `below` into a folder, without that beginning."""
    with _open(path) as tar:
        for info in tar:
            if not info.name.startswith(below) or info.name == MANIFEST:
                continue
            inside = PurePosixPath(info.name.removeprefix(below))
            if inside.is_absolute() or ".." in inside.parts or not info.isreg():
                raise Unusable(f"{path.name} holds {info.name}, which does not belong into an archive of Firstline.")
            target = into.joinpath(*inside.parts)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            source = tar.extractfile(info)
            assert source is not None  # noqa: S101 -- a regular file always has content
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                while block := source.read(CHUNK):
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            os.utime(target, (info.mtime, info.mtime))


def unpack_data(path: Path, into: Path) -> None:
    """Unpack the data folder, where nothing is that somebody may miss.

    Without Django: the secret key is among the files, and Django's settings would make a new one.
    """
    if into.exists() and any(into.iterdir()):
        raise Unusable(f"{into} is not empty. Restore into an empty folder: FIRSTLINE_DATA=/another/folder")
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    unpack(path, into, below=DATA)


def _parts(path: Path) -> Iterator[Part]:
    with _open(path) as tar:
        for info in tar:
            if info.name == MANIFEST:
                continue
            source = tar.extractfile(info) if info.isreg() else None
            if source is None:
                raise Unusable(f"{info.name} in {path.name} is not a regular file.")
            digest = hashlib.sha256()
            while block := source.read(CHUNK):
                digest.update(block)
            yield Part(info.name, info.size, digest.hexdigest())


def _manifest(path: Path) -> Manifest:
    with _open(path) as tar:
        source = tar.extractfile(MANIFEST)
        stored: dict[str, Any] = json.load(source) if source else {}
        if stored.get("format") != FORMAT:
            raise Unusable(f"{path.name} was made by a Firstline whose archives this one does not know.")
        parts = [Part(**part) for part in stored.pop("parts")]
        return Manifest(parts=parts, **stored)


@contextmanager
def _open(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{path.name} was cut short, or is not an archive of Firstline ({error}).") from error
