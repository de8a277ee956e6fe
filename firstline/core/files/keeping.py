"""Store a file, and get it back by its digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.core.files.storage import storages
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from firstline.core.actions import Refused

from .elsewhere import Elsewhere
from .folder import Folder, digest_of
from .storage import Damaged, Storage

DIGEST = re.compile(r"[0-9a-f]{64}")


class TooLarge(Refused):
    """The file is larger than it may be."""

    def __init__(self, largest: int) -> None:
        super().__init__(_("The file is too large: at most %(size)s are kept.") % {"size": filesizeformat(largest)})


@dataclass(frozen=True, slots=True)
class StoredFile:
    sha256: str
    size: int  # bytes


def storage() -> Storage:
    """The folder of this installation, or Django's storage called `firstline` where one is configured."""
    if "firstline" in getattr(settings, "STORAGES", {}):
        return Elsewhere(storages["firstline"])
    return Folder(settings.FILES_FOLDER)


def store(pieces: Iterable[bytes], *, largest: int | None = None) -> StoredFile:
    """Keep these bytes. Call it before the transaction that writes the row: when it returns, they are durable.

    `NoSpace` or `TooLarge` (more than `largest` bytes): nothing was kept.
    """
    digest, size = hashlib.sha256(), 0
    incoming = storage().begin()
    try:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            if largest is not None and size > largest:
                raise TooLarge(largest)
            incoming.write(piece)
        incoming.keep(digest.hexdigest())
    finally:
        incoming.drop()
    return StoredFile(digest.hexdigest(), size)


def open_file(sha256: str, *, verify: bool = False) -> IO[bytes]:
    """The file, to be read and closed. `Missing` if it is not kept; with `verify`, `Damaged` if it has changed."""
    _check(sha256)
    file = storage().open(sha256)
    if verify:
        if digest_of(file) != sha256:
            file.close()
            raise Damaged(f"The file {sha256} is damaged.")
        file.seek(0)
    return file


def fetch(sha256: str) -> bytes:
    """All of a small file, verified: what has changed on the disk is never used silently."""
    with open_file(sha256) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"The file {sha256} is damaged.")
    return content


def is_there(sha256: str) -> bool:
    _check(sha256)
    return storage().exists(sha256)


def _check(sha256: str) -> None:
    if not DIGEST.fullmatch(sha256):
        raise ValueError("That is not a SHA-256 digest.")
