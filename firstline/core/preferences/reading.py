"""Read settings: from a cache of this process that asks the database every other second whether it is old."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from .declaring import Preference
from .models import Setting
from .secrecy import decrypt

CHECK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Snapshot:
    values: dict[str, Any]
    version: int
    checked_at: float


_shared: list[_Snapshot] = []
_mine = threading.local()


def read(preference: Preference[Any]) -> Any:
    if preference.secret:
        raise TypeError(f"{preference.key} is a secret: reveal() is the only way to it.")
    value = _values().get(preference.key)
    return preference.default if value is None else value


def reveal(preference: Preference[Any]) -> str:
    kept = _values().get(preference.key)
    return decrypt(kept, purpose=preference.key) if kept else str(preference.default)


def is_set(preference: Preference[Any]) -> bool:
    """Whether somebody chose a value, be it the default."""
    return _values().get(preference.key) is not None


def forget() -> None:
    """Read anew the next time."""
    _shared.clear()


def has_changed() -> None:
    """Called by the writer: its own transaction sees the change at once, everybody else after the commit.

    Until then the cache is passed by, so that a transaction that is rolled back leaves nothing in it.
    """
    _mine.writing = True
    transaction.on_commit(_committed)


def _committed() -> None:
    _mine.writing = False
    forget()


def _values() -> dict[str, Any]:
    if getattr(_mine, "writing", False):
        if connection.in_atomic_block:
            return _load()
        _mine.writing = False  # it was rolled back
    now = time.monotonic()
    known = _shared[0] if _shared else None
    if known and now < known.checked_at + CHECK_SECONDS:
        return known.values
    version = Setting.objects.aggregate(highest=Max("version"))["highest"] or 0
    values = known.values if known and known.version == version else _load()
    _shared[:] = [_Snapshot(values, version, now)]
    return values


def _load() -> dict[str, Any]:
    return dict(Setting.objects.values_list("key", "value"))
