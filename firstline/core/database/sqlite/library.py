"""Choose a SQLite that keeps what it has acknowledged.

SQLite 3.7.0 to 3.51.2 can lose committed writes in WAL mode when several connections are open
(the WAL-reset race; sqlite.org/changes.html). It is fixed in 3.51.3 and 3.53.0, and in the
back-ports 3.50.7 and 3.44.6. Where the interpreter links an affected one, the bundled build of
`pysqlite3` takes its place.
"""

from __future__ import annotations

import sqlite3
import sys
from types import ModuleType

Version = tuple[int, int, int]

# The limits of SQLite's own C API (sqlite3.h), which pysqlite3 does not name.
LIMIT_COLUMN = 2
LIMIT_VARIABLE_NUMBER = 9


def is_sound(version: Version) -> bool:
    """Whether this SQLite version is free of the WAL-reset fault."""
    if version >= (3, 51, 3):
        return version[:2] != (3, 52)
    return version[:2] in {(3, 50), (3, 44)} and version >= {50: (3, 50, 7), 44: (3, 44, 6)}[version[1]]


def choose() -> ModuleType:
    """The module to use as `sqlite3`: the interpreter's own if sound, else the bundled one."""
    if is_sound(_version(sqlite3)):
        return sqlite3
    try:
        import pysqlite3  # noqa: PLC0415 -- optional dependency
    except ImportError:
        return sqlite3
    pysqlite3.SQLITE_LIMIT_COLUMN = LIMIT_COLUMN
    pysqlite3.SQLITE_LIMIT_VARIABLE_NUMBER = LIMIT_VARIABLE_NUMBER
    bundled: ModuleType = pysqlite3
    return bundled


def take_the_place_of_sqlite3(module: ModuleType) -> dict[str, ModuleType]:
    """Let `import sqlite3` find `module`; returns what stood there before, to be put back."""
    before: dict[str, ModuleType] = {
        name: sys.modules[name] for name in ("sqlite3", "sqlite3.dbapi2") if name in sys.modules
    }
    sys.modules["sqlite3"] = module
    sys.modules["sqlite3.dbapi2"] = module.dbapi2
    return before


def _version(module: ModuleType) -> Version:
    major, minor, patch = module.sqlite_version_info
    return (major, minor, patch)
