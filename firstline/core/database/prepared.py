"""Queries whose SQL is worked out once: Django takes three times as long to say a query as SQLite to answer it.

    _messages = Prepared(lambda ticket: Message.objects.filter(ticket=ticket).select_related("author"), int)
    _messages(42)                                        → list of what the query set yields

Only the values change from call to call, never the shape: no None, no list of ids, no filter on what comes back.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import AutoField, Field, Model, QuerySet

from firstline.core.actions.guard import ChangedByActions, check

# Stand in for the values while the SQL is made, and are looked for in its parameters; nobody has such numbers or names.
_MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 2**62 + 20_011 * (place + 1),
    str: lambda place: f"\x01 value {place} \x01",
}


def give(thing: Model, name: str, rows: Sequence[Any]) -> None:
    """Let `thing.name.all()` answer with these rows, as `prefetch_related` would."""
    answer: Any = QuerySet(thing._meta.get_field(name).related_model)
    answer._result_cache, answer._prefetch_done = list(rows), True
    thing.__dict__.setdefault("_prefetched_objects_cache", {})[name] = answer


def take_back(thing: Model, name: str) -> None:
    """Let `thing.name.all()` ask the database again."""
    thing.__dict__.get("_prefetched_objects_cache", {}).pop(name, None)


@dataclass(frozen=True, slots=True)
class _Known:
    rows: QuerySet[Any, Any]
    compiler: Any
    sql: str
    params: Sequence[Any]
    places: Sequence[tuple[int, int]]  # place among the parameters → place among the values
    converters: Any


class Prepared[Row]:
    """`make` gets one value for each of `kinds` (int or str) and returns a query set; calling gives its rows."""

    def __init__(self, make: Callable[..., QuerySet[Any, Row]], *kinds: type) -> None:
        self._make, self._kinds = make, kinds
        self._known: dict[str, _Known] = {}

    def __call__(self, *values: Any) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        known = self._known.get(connection.vendor) or self._work_out(connection.vendor)
        if tuple(map(type, values)) != self._kinds:
            raise TypeError(f"{values!r} are not of the kinds {self._kinds!r}.")
        params = list(known.params)
        for place, value in known.places:
            params[place] = values[value]
        compiler = copy.copy(known.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (known.sql, tuple(params))
        compiler.get_converters = lambda _fields: known.converters
        rows: Any = known.rows.all()
        rows.query.get_compiler = lambda *_args, **_kwargs: compiler
        return list(rows)

    def _work_out(self, vendor: str) -> _Known:
        marks = [_MARKS[kind](place) for place, kind in enumerate(self._kinds)]
        rows = self._make(*marks)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = [(place, marks.index(value)) for place, value in enumerate(params) if value in marks]
        if {value for _place, value in places} != set(range(len(marks))):
            raise ValueError("A value of this query does not reach the database as it is.")
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        known = self._known[vendor] = _Known(rows, compiler, sql, tuple(params), places, converters)
        return known


def insert(thing: Model) -> None:
    """`thing.save(force_insert=True)` in half the time: no signals, no expressions; the database gives the number."""
    model, connection = type(thing), connections[DEFAULT_DB_ALIAS]
    if issubclass(model, ChangedByActions):
        check(model, "save")
    sql, fields = _inserts.get((model, connection.vendor)) or _work_out_insert(model, connection)
    values = [field.pre_save(thing, True) for field in fields]
    ready = [
        value if value is None or (type(value) in _PLAIN and type(field) in _TAKEN_AS_THEY_ARE)
        else field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, ready)
        thing.pk = cursor.fetchone()[0]
    thing._state.adding, thing._state.db = False, DEFAULT_DB_ALIAS


_inserts: dict[tuple[type[Model], str], tuple[str, list[Field[Any, Any]]]] = {}
# Values that both databases take as Python has them, in fields that do nothing to them.
_PLAIN = frozenset({str, int, bool})
_TAKEN_AS_THEY_ARE = frozenset({
    models.CharField, models.TextField, models.IntegerField, models.SmallIntegerField, models.BigIntegerField,
    models.PositiveIntegerField, models.PositiveSmallIntegerField, models.BooleanField, models.ForeignKey,
})  # fmt: skip


def _work_out_insert(model: type[Model], connection: Any) -> tuple[str, list[Field[Any, Any]]]:
    meta = model._meta
    if not isinstance(meta.pk, AutoField) or meta.parents:
        raise TypeError(f"{model.__name__} has no number of its own that the database counts.")
    fields = [field for field in meta.concrete_fields if field is not meta.pk]
    if special := [field.name for field in fields if field.generated or field.has_db_default()]:
        raise TypeError(f"The database fills {', '.join(special)} of {model.__name__} itself.")
    quote = connection.ops.quote_name
    columns, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    into, key = quote(meta.db_table), quote(meta.pk.column)
    sql = f"INSERT INTO {into} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608 -- names of ours
    known = _inserts[model, connection.vendor] = (sql, fields)
    return known
