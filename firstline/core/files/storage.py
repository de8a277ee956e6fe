"""What a place for files must be able to do, and what can go wrong there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Protocol

from django.utils.translation import gettext as _

from firstline.core.actions import Refused


class NoSpace(Refused):
    """There is no room on the disk. Nothing was kept, and nothing that names it may be written."""

    def __init__(self) -> None:
        super().__init__(
            _("The file was not kept: there is no space left where files are stored. Please tell an administrator.")
        )


class Missing(FileNotFoundError):
    """No file with this content is kept."""


class Damaged(OSError):
    """What is kept is not what was stored: its digest differs. Never show it."""


class Incoming(Protocol):
    """A file that is being written."""

    def write(self, piece: bytes) -> None: ...

    def keep(self, sha256: str) -> None:
        """Make it durable under this name. When this returns, a power cut does not lose it."""

    def drop(self) -> None:
        """Forget it. Safe after `keep`, too."""


class Storage(Protocol):
    """A place for files: a folder, or whatever Django's storage API reaches."""

    def begin(self) -> Incoming: ...

    def open(self, sha256: str) -> IO[bytes]:
        """`Missing` if it is not there."""

    def exists(self, sha256: str) -> bool: ...

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every file's digest, and when it was stored last."""

    def delete(self, sha256: str, *, stored_before: datetime) -> bool:
        """Remove it unless it has been stored again since; whether it is gone."""
