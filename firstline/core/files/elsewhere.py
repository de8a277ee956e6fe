"""Files wherever Django's storage API reaches: S3 and its like, when one machine is not enough."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import Storage as DjangoStorage

from .storage import Missing


class Elsewhere:
    """A storage of Django's (`STORAGES["firstline"]`). It must be durable when `save` returns, as S3 is, and
    replace a file of the same name (S3: `file_overwrite`; a folder: `allow_overwrite`): that renews its date.
    """

    def __init__(self, storage: DjangoStorage) -> None:
        self._storage = storage

    def begin(self) -> IncomingElsewhere:
        return IncomingElsewhere(self._storage)

    def open(self, sha256: str) -> IO[bytes]:
        try:
            return self._storage.open(place(sha256), "rb")
        except FileNotFoundError:
            raise Missing(errno.ENOENT, "No such file is kept", sha256) from None

    def exists(self, sha256: str) -> bool:
        return self._storage.exists(place(sha256))

    def names(self) -> Iterator[tuple[str, datetime]]:
        for first in self._storage.listdir("")[0]:
            for second in self._storage.listdir(first)[0]:
                for name in self._storage.listdir(f"{first}/{second}")[1]:
                    yield name, self._storage.get_modified_time(f"{first}/{second}/{name}")

    def delete(self, sha256: str, *, stored_before: datetime) -> bool:
        if not self.exists(sha256) or self._storage.get_modified_time(place(sha256)) >= stored_before:
            return False
        self._storage.delete(place(sha256))
        return True


class IncomingElsewhere:
    def __init__(self, storage: DjangoStorage) -> None:
        self._storage = storage
        self._file: Any = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by drop

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def keep(self, sha256: str) -> None:
        self._file.seek(0)
        kept = self._storage.save(place(sha256), File(self._file))
        if kept != place(sha256):
            self._storage.delete(kept)
            raise ImproperlyConfigured('STORAGES["firstline"] must replace files of the same name.')

    def drop(self) -> None:
        self._file.close()


def place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
