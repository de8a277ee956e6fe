"""The index in FTS5."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from firstline.core.search.phrases import Phrase, is_beginning
from firstline.core.search.row import ID_BITS, Document, columns, first_row

_PUBLIC = "{title names body} : "
_RANK = "bm25(search_index, 10.0, 5.0, 1.0, 0.5)"


def write(documents: Iterable[Document]) -> None:
    rows: list[list[Any]] = []
    for document in documents:
        kept = columns(document)
        rows.append([first_row(document.noun) + document.id, *(" ".join(kept[name]) for name in kept)])
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_index WHERE rowid = %s", [row[:1] for row in rows])
        cursor.executemany(
            "INSERT INTO search_index (rowid, title, names, body, internal) VALUES (%s, %s, %s, %s, %s)", rows
        )


def erase(noun: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_index WHERE rowid = %s", [[first_row(noun) + id_] for id_ in ids])


def ids_sql(noun: str, asked: Sequence[Phrase], *, internal: bool, any_word: bool = False) -> tuple[str, list[Any]]:
    """SQL for the ids of all matches, newest first where the outer query does not care."""
    sql = "SELECT rowid - %s FROM search_index WHERE search_index MATCH %s AND rowid BETWEEN %s AND %s"
    first = first_row(noun)
    return sql, [first, _match(asked, internal=internal, any_word=any_word), first, first + (1 << ID_BITS) - 1]


def newest(
    noun: str, asked: Sequence[Phrase], *, internal: bool, before: int | None, most: int,
    among: Sequence[int] | None = None,
) -> list[int]:  # fmt: skip
    """The ids of the newest matches, perhaps only `among` some; FTS5 walks them in this order without sorting."""
    sql, params = ids_sql(noun, asked, internal=internal)
    if before is not None:
        params[3] = params[2] + before - 1
    if among is not None:
        # The plus keeps SQLite from asking FTS5 anew for every single id: a thousand took 500 ms, now 1.
        sql += " AND +rowid IN (SELECT value + %s FROM json_each(%s))"
        params += [params[0], json.dumps(list(among))]
    return _column(f"{sql} ORDER BY rowid DESC LIMIT %s", [*params, most])


def as_set(ids: Sequence[int]) -> RawSQL:
    """Ids for `pk__in` as one parameter instead of thousands."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])


def best(noun: str, asked: Sequence[Phrase], *, internal: bool, any_word: bool, among: int, most: int) -> list[int]:
    """The best of the `among` newest matches."""
    sql, params = ids_sql(noun, asked, internal=internal, any_word=any_word)
    edge = _column(f"{sql} ORDER BY rowid DESC LIMIT 1 OFFSET %s", [*params, among])
    if edge:
        params[2] = params[0] + edge[0]
    return _column(f"{sql} ORDER BY {_RANK}, rowid DESC LIMIT %s", [*params, most])


def known_ids(noun: str, first: int, last: int) -> set[int]:
    start = first_row(noun)
    sql = "SELECT rowid - %s FROM search_index WHERE rowid BETWEEN %s AND %s"
    return set(_column(sql, [start, start + first, start + last]))


def last_id(noun: str) -> int:
    start = first_row(noun)
    sql = "SELECT rowid - %s FROM search_index WHERE rowid BETWEEN %s AND %s ORDER BY rowid DESC LIMIT 1"
    return next(iter(_column(sql, [start, start, start + (1 << ID_BITS) - 1])), 0)


def compact() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")


def _match(asked: Sequence[Phrase], *, internal: bool, any_word: bool) -> str:
    """The words are letters and digits only (core/text), so inside quotes nothing can be meant as syntax."""
    parts = ['"' + " ".join(phrase[0]) + '"' + ("*" if is_beginning(phrase) else "") for phrase in asked]
    match = (" OR " if any_word else " AND ").join(parts)
    return match if internal else f"{_PUBLIC}({match})"


def _column(sql: str, params: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
