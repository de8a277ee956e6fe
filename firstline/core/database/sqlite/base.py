"""Django's SQLite backend on a sound SQLite, with durable settings and fair, short waits.

Why not SQLite's own busy handler: it starves writers (measured: 6 s worst wait with four of them,
against 0.35 s with a jittered retry). So the busy time-out is zero and we wait here: threads of this process in a line
(turns.py), its first one asking again and again while a writer of another process is busy.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from firstline.core.database.hurry import is_hurried

from . import library
from .turns import Turns, line

_sqlite = library.choose()
if not library.is_sound(_sqlite.sqlite_version_info):
    raise ImproperlyConfigured(
        f"SQLite {_sqlite.sqlite_version} can lose what it has acknowledged (the WAL-reset fault, fixed in 3.51.3). "
        "Install the package pysqlite3, which brings a sound one, or use PostgreSQL."
    )
_before = library.take_the_place_of_sqlite3(_sqlite)
try:
    from django.db.backends.sqlite3 import base as django_base
    from django.db.backends.sqlite3.operations import DatabaseOperations
finally:
    sys.modules.update(_before)

# A writer gives up after this many seconds; the page then answers 503 with Retry-After.
WAIT_SECONDS = 8.0
HURRIED_SECONDS = 0.05
FIRST_WAIT = 0.0002
BUSY = "database is locked"  # as SQLite says it
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
LONGEST_WAIT = 0.002

DURABLE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=0; PRAGMA temp_store=MEMORY; "
    "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA secure_delete=FAST"
)


class Connection(_sqlite.Connection):  # type: ignore[name-defined]
    """A connection that also answers what Django asks and older builds cannot."""

    def getlimit(self, category: int, /) -> int:
        known = getattr(super(), "getlimit", None)
        if known is not None:
            return int(known(category))
        return {library.LIMIT_COLUMN: 2000, library.LIMIT_VARIABLE_NUMBER: 250_000}[category]


class Cursor(django_base.SQLiteCursorWrapper):
    """Single statements outside a transaction wait their turn as transactions do."""

    turns: Turns

    def execute(self, query: str, params: Any = None) -> Any:
        if self.connection.in_transaction:
            return super().execute(query, params)
        return self._in_turn(query, lambda: super(Cursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        if self.connection.in_transaction:
            return super().executemany(query, param_list)
        rows = list(param_list)
        return self._in_turn(query, lambda: super(Cursor, self).executemany(query, rows))

    def _in_turn(self, query: str, attempt: Callable[[], Any]) -> Any:
        if not query.startswith(WRITES):  # readers wait for nobody; BEGIN has its turn already
            return patiently(attempt)
        if not self.turns.take(self.connection, longest_wait()):
            raise _sqlite.OperationalError(BUSY)
        try:
            return patiently(attempt)
        finally:
            self.turns.leave(self.connection)


class Operations(DatabaseOperations):
    """`flush` empties tables row by row, so it lifts the triggers that forbid just that: those called `never_…`."""

    def sql_flush(self, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = super().sql_flush(style, tables, **options)
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'never~_%' ESCAPE '~'"
            )
            triggers = cursor.fetchall()
        return [
            *(f"DROP TRIGGER {self.quote_name(name)}" for name, _sql in triggers),
            *statements,
            *(sql for _name, sql in triggers),
        ]


class DatabaseWrapper(django_base.DatabaseWrapper):
    ops: Operations
    ops_class = Operations

    def get_connection_params(self) -> dict[str, Any]:
        parameters = super().get_connection_params()
        parameters["factory"] = Connection
        parameters["timeout"] = 0
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.init_commands = [*DURABLE.split(";"), *self.init_commands]  # type: ignore[has-type]
        return patiently(lambda: super(DatabaseWrapper, self).get_new_connection(conn_params))

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.turns = self._turns
        return cursor

    @property
    def _turns(self) -> Turns:
        return line(str(self.settings_dict["NAME"]))

    def _start_transaction_under_autocommit(self) -> None:
        if not self._turns.take(self.connection, longest_wait()):
            with self.wrap_database_errors:
                raise _sqlite.OperationalError(BUSY)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._turns.leave(self.connection)
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._turns.leave(self.connection)

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._turns.leave(self.connection)

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.connection is not None:
                self._turns.leave(self.connection)


def longest_wait() -> float:
    """Seconds."""
    return HURRIED_SECONDS if is_hurried() else WAIT_SECONDS


def patiently[Result](attempt: Callable[[], Result]) -> Result:
    """Do it; while another writer holds the database, try again after a short random wait."""
    deadline = time.monotonic() + longest_wait()
    longest = FIRST_WAIT
    while True:
        try:
            return attempt()
        except _sqlite.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(FIRST_WAIT, longest))  # noqa: S311 -- jitter, not a secret
        longest = min(longest * 2, LONGEST_WAIT)
