"""Small values that nearly every change asks for: whether there is a rule at all, whether the book was turned.

    _token = Mark(lambda: Book.objects.filter(pk=1).values("token"))
    _token()        → the value as the database gives it; None without a row

Whichever change asks for one reads them all, in one statement, and keeps them until it ends or writes one of their
tables. A ticket that comes in asked eight of them one by one, in a third of its time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from .acting import held, is_acting

_marks: list[Mark] = []
_tables: set[str] = set()  # those that the marks read, known once they have been asked
_sql: dict[tuple[str, int | None], tuple[str, tuple[Any, ...]]] = {}  # vendor and place (None: all of them)
_KEY = "marks"


class Mark:
    """`make` returns a query set of at most one row with one column; it is made once, so its values never change."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self.make, self.place = make, len(_marks)
        _marks.append(self)

    def __call__(self) -> Any:
        if not is_acting():
            return _read(self.place)[0]
        kept: Any = held().get(_KEY)
        if kept is None:
            kept = held()[_KEY] = _read(None)
        return kept[self.place]


def forget_marks_of(table: str) -> None:
    """This table is written: what was read of it is not true any more."""
    if table in _tables:
        held().pop(_KEY, None)


def _read(place: int | None) -> Sequence[Any]:
    connection = connections[DEFAULT_DB_ALIAS]
    known = _sql.get((connection.vendor, place))
    if known is None:
        known = _sql[connection.vendor, place] = _work_out(_marks if place is None else [_marks[place]])
    with connection.cursor() as cursor:
        cursor.execute(*known)
        row: Sequence[Any] = cursor.fetchone()
        return row


def _work_out(marks: Sequence[Mark]) -> tuple[str, tuple[Any, ...]]:
    parts: list[str] = []
    params: list[Any] = []
    for mark in marks:
        compiler = mark.make().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        _tables.update(compiler.query.alias_map[alias].table_name for alias in compiler.query.alias_map)
        parts.append(f"({sql})")
        params += values
    return f"SELECT {', '.join(parts)}", tuple(params)
