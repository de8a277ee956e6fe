"""One moment of a PostgreSQL database, with nothing but the connection Django has.

Only rows are kept; the tables come from the migrations that had been applied. So an archive fits every version of
PostgreSQL that Firstline runs on, and no `pg_dump` of the right version must be at hand. For point-in-time recovery
of large installations PostgreSQL's own means are better, see docs/how/backup.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from .archive import CHUNK


def snapshot(folder: Path) -> dict[str, int]:
    """Write each table as it is at this moment to `folder`/TABLE.copy; returns the rows per table."""
    rows: dict[str, int] = {}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables():
            columns = _columns(cursor, table)
            query = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT text, HEADER)").format(*_names(table, columns))
            with (folder / f"{table}.copy").open("wb") as out, cursor.copy(query) as blocks:
                for block in blocks:
                    out.write(block)
            rows[table] = count([table])[table]
    return rows


def load(folder: Path, migrations: list[list[str]]) -> None:
    """Fill an empty database: make the tables as they were, then put every row in. All or nothing, but the tables."""
    _make_tables(migrations)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        present = tables()
        # Our own triggers keep search texts and refuse changes of the history; the rows come with all that done.
        for table in present:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, present))))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for file in sorted(folder.glob("*.copy")):
            _fill(cursor, file)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in present:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
        _set_sequences(cursor)


def tables() -> list[str]:
    """Every table of the desk, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
        )
        return [name for (name,) in cursor.fetchall()]


def count(of: Iterable[str]) -> dict[str, int]:
    """Rows per table."""
    rows: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in of:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            (rows[table],) = cursor.fetchone()
    return rows


def _make_tables(migrations: list[list[str]]) -> None:
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, name in migrations}
    graph = executor.loader.graph
    last = [
        key
        for key in sorted(wanted & set(graph.nodes))
        if not any(child.key in wanted and child.key[0] == key[0] for child in graph.node_map[key].children)
    ]
    executor.migrate(last)


def _fill(cursor: Any, file: Path) -> None:
    with file.open("rb") as source:
        columns = source.readline().decode().rstrip("\n").split("\t")
        query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT text)").format(*_names(file.stem, columns))
        with cursor.copy(query) as copy:
            while block := source.read(CHUNK):
                copy.write(block)


def _columns(cursor: Any, table: str) -> list[str]:
    """In the order of names; without those the database computes itself."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY column_name",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _names(table: str, columns: list[str]) -> tuple[sql.Identifier, sql.Composed]:
    return sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))


def _set_sequences(cursor: Any) -> None:
    """New rows are numbered after the highest number there is."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"
    )
    query = sql.SQL(
        "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), COALESCE(max({0}), 1), "
        "max({0}) IS NOT NULL) FROM {1}"
    )
    for table, column in cursor.fetchall():
        cursor.execute(query.format(sql.Identifier(column), sql.Identifier(table)), [table, column])
