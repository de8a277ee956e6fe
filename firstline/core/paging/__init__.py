"""Keyset paging: the next page begins after the last row seen, so page 2,000 costs what page 1 does."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet


class BadCursor(ValueError):
    """The cursor in the address is not one of ours: show the first page instead."""


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """Some rows, and the cursors of the pages beside it (empty: there is none)."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page_of(
    rows: QuerySet[Any],
    order: Sequence[str],
    *,
    size: int = 50,
    after: str = "",
    before: str = "",
) -> Page[Any]:
    """One page of `rows` in `order` (column names, `-` for descending; the last one unique).

    Rows must be dicts (`.values()`). `after` and `before` are cursors of an earlier page; a cursor
    that cannot be read raises BadCursor. Columns in `order` must not be null.
    """
    backwards = bool(before)
    direction = [(name.lstrip("-"), name.startswith("-") != backwards) for name in order]
    cursor = before or after
    if cursor:
        rows = rows.filter(_beyond(direction, _read(cursor, len(order))))
    ordered = rows.order_by(*(f"-{name}" if descending else name for name, descending in direction))
    found = list(ordered[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    names = [name for name, _descending in direction]
    first = _write(found[0], names) if found else ""
    last = _write(found[-1], names) if found else ""
    return Page(
        rows=found,
        newer=first if (has_more if backwards else bool(after)) else "",
        older=last if (has_more or backwards) else "",
    )


def first_of[Row: dict[str, Any]](found: list[Row], order: Sequence[str], *, size: int = 50) -> Page[Row]:
    """The first page, of one row more than it holds, already read in this order."""
    here = found[:size]
    names = [name.lstrip("-") for name in order]
    return Page(rows=here, older=_write(here[-1], names) if len(found) > size else "")


def _beyond(direction: list[tuple[str, bool]], values: list[Any]) -> Q:
    """(a, b, c) > (x, y, z), written so that an index on the first column is used."""
    (first, descending), reached = direction[0], Q()
    result = Q()
    for (name, is_descending), value in zip(direction, values, strict=True):
        result |= reached & Q(**{f"{name}__{'lt' if is_descending else 'gt'}": value})
        reached &= Q(**{name: value})
    return Q(**{f"{first}__{'lte' if descending else 'gte'}": values[0]}) & result


def _write(row: dict[str, Any], names: list[str]) -> str:
    values = [value.isoformat() if isinstance(value := row[name], datetime) else value for name in names]
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise BadCursor("This page mark cannot be read.") from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor("This page mark belongs to another list.")
    return [_value(value) for value in values]


def _value(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise BadCursor("This page mark cannot be read.")
    return value
