"""The seal: every event gets a position and a digest that covers it and all events before it.

    digest = SHA-256(digest before ‖ canonical row)

The canonical row is a JSON array in a fixed order. A fact that may have to be forgotten with a person goes in as
a salted digest, so that erasing the words and the salt later leaves the chain whole and the words unguessable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

from django.db import connection, transaction

from firstline.core.leases.leadership import Leadership

from .facts import canonical as canonical_facts

BATCH = 1000  # events sealed in one transaction
CHUNK = 10_000  # rows read at once while verifying


class Row(NamedTuple):
    """An event as the database gives it: texts and numbers, nothing converted."""

    id: int
    position: int | None
    digest: str
    kind: str
    subject_noun: str
    subject_id: int
    actor_id: int | None
    at: str
    facts: str
    salts: str
    cause_id: int | None
    correlation: str
    via: str
    hops: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain breaks, and what that means."""

    position: int
    event: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying found. `fault` is the first break; all later rows rest on it and prove nothing."""

    checked: int
    head: str
    fault: Fault | None = None

    @property
    def is_whole(self) -> bool:
        return self.fault is None


def seal(leader: Leadership, *, batch: int = BATCH) -> list[Row]:
    """Seal the oldest unsealed events; returns them. Must run in a transaction, so that jobs go with it.

    Not "newer than the last one": on PostgreSQL a transaction with a lower id may commit after one with a higher.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Events are sealed within a transaction.")
    leader.confirm()
    rows = _read("position IS NULL ORDER BY id LIMIT %s", [batch])
    if not rows:
        return []
    position, digest = head()
    sealed = []
    for row in rows:
        position += 1
        digest = next_digest(digest, row, position)
        sealed.append(row._replace(position=position, digest=digest))
    _write(sealed)
    return sealed


def head() -> tuple[int, str]:
    """The position and digest of the newest sealed event; 0 and nothing before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, digest FROM event WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1")
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, "")


def next_digest(before: str, row: Row, position: int) -> str:
    return _digest(before, canonical(row, position))


def canonical(row: Row, position: int) -> str:
    """The row as one JSON array. Never change this: every chain ever written depends on it."""
    return _array(row, position, _canonical_facts(row))


def _digest(before: str, array: str) -> str:
    return hashlib.sha256(f"{before}{array}".encode()).hexdigest()


def _array(row: Row, position: int, facts: str) -> str:
    return (
        f"[{position},{row.id},{quoted(row.kind)},{quoted(row.subject_noun)},{row.subject_id},"
        f'{row.actor_id or "null"},"{row.at}",{facts},{row.cause_id or "null"},'
        f"{quoted(row.correlation)},{quoted(row.via)},{row.hops}]"
    )


def digest_of_fact(salt: str, value: Any) -> dict[str, str]:
    """What the seal covers in place of a fact that may be forgotten, and what stays of it afterwards."""
    return {"forgotten": hashlib.sha256(f"{salt}{canonical_facts(value)}".encode()).hexdigest()}


def verify_chain(*, checkpoints: Iterable[tuple[int, str]] = ()) -> Report:
    """Read the whole chain and compare; finds rows changed, removed, swapped or slipped in.

    Checkpoints (position, digest) kept outside the database also show a chain cut off at its end or built anew.
    """
    expected = dict(checkpoints)
    position, digest = 0, ""
    for row in _sealed_rows():
        position += 1
        fault = _fault(row, position, digest, expected)
        if fault:
            return Report(position - 1, digest, fault)
        digest = row.digest
    for known in sorted(expected):
        if known > position:
            return Report(position, digest, Fault(known, None, "Events at the end of the chain are missing."))
    return Report(position, digest)


def _fault(row: Row, position: int, digest: str, expected: dict[int, str]) -> Fault | None:
    if row.position != position:
        return Fault(position, None, f"Event number {position} is missing.")
    # The text as it is stored is nearly always the canonical one; parsing it would halve the speed.
    as_stored = _digest(digest, _array(row, position, row.facts)) if row.salts == "{}" else ""
    if as_stored != row.digest and next_digest(digest, row, position) != row.digest:
        return Fault(position, row.id, f"Event number {position} is not what was sealed.")
    if position in expected and expected[position] != row.digest:
        return Fault(position, row.id, f"The chain up to number {position} was written anew.")
    return None


def _sealed_rows() -> Iterator[Row]:
    last = -(2**63)  # even a position below one must be seen
    while rows := _read("position > %s ORDER BY position LIMIT %s", [last, CHUNK]):
        yield from rows
        last = rows[-1].position or 0


def _read(where: str, parameters: list[int]) -> list[Row]:
    if connection.vendor == "postgresql":
        at, facts, salts = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')", "facts::text", "salts::text"
    else:  # SQLite leaves out a fraction of zero
        at, facts, salts = "substr(at || CASE length(at) WHEN 19 THEN '.000000' ELSE '' END, 1, 26)", "facts", "salts"
    columns = (
        f"id, position, digest, kind, subject_noun, subject_id, actor_id, {at}, {facts}, {salts}, cause_id, "
        "correlation, via, hops"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM event WHERE {where}", parameters)  # noqa: S608 -- texts of ours
        return list(map(Row._make, cursor.fetchall()))


def _write(sealed: list[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE event SET position = %s, digest = %s WHERE id = %s AND position IS NULL",
            [(row.position, row.digest, row.id) for row in sealed],
        )


def _canonical_facts(row: Row) -> str:
    facts, salts = json.loads(row.facts), json.loads(row.salts)
    for name, salt in salts.items():
        if salt and name in facts:  # without a salt it has been forgotten, and its digest stands there already
            facts[name] = digest_of_fact(salt, facts[name])
    return canonical_facts(facts)
