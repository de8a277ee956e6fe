"""Asking the index. Visibility stays where it belongs: in the queryset, and in `internal`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from firstline.core.search import postgresql, sqlite
from firstline.core.search.phrases import Phrase, phrases

NOTHING = Q(pk__in=[])
_FIRST_LOOK, _LAST_LOOK = 200, 20_000


@dataclass(frozen=True)
class Page:
    """Ids, newest first; `before` continues the list, None at its end."""

    ids: list[int]
    before: int | None


def query(noun: str, asked: str | Sequence[Phrase], *, internal: bool) -> Q:
    """A filter on the primary key: every word must occur. `internal`: whether internal notes may be searched.

    A text without any word finds nothing.
    """
    said = _phrases(asked)
    if not said:
        return NOTHING
    sql, params = _index().ids_sql(noun, said, internal=internal)
    return Q(pk__in=RawSQL(sql, params))  # noqa: S611 -- every value is bound


def page(
    visible: models.QuerySet[Any], noun: str, asked: str | Sequence[Phrase], *, internal: bool,
    before: int | None = None, size: int = 50,
) -> Page:  # fmt: skip
    """The newest matches among the visible ones. Common words cost no more than rare ones."""
    said = _phrases(asked)
    if not said:
        return Page([], None)
    found: list[int] = []
    cursor = before
    if connection.vendor == "sqlite":
        # FTS5 hands out matches newest first; the outer query could only sort them all.
        look = _FIRST_LOOK
        while look <= _LAST_LOOK:
            candidates = sqlite.newest(noun, said, internal=internal, before=cursor, most=look)
            found += visible.filter(pk__in=candidates).order_by("-pk").values_list("pk", flat=True)
            if len(candidates) < look or len(found) > size:
                return _page(found, size)
            cursor = candidates[-1]
            look *= 10
    rest = visible.filter(query(noun, said, internal=internal))
    if cursor is not None:
        rest = rest.filter(pk__lt=cursor)
    found += rest.order_by("-pk").values_list("pk", flat=True)[: size + 1 - len(found)]
    return _page(found, size)


def best(
    visible: models.QuerySet[Any], noun: str, asked: str | Sequence[Phrase], *, internal: bool,
    any_word: bool = False, size: int = 10,
) -> list[int]:  # fmt: skip
    """The ids that fit best, out of the newest 5,000 matches: titles count most, then names, then texts."""
    said = _phrases(asked)
    if not said:
        return []
    ids = _index().best(noun, said, internal=internal, any_word=any_word, among=5_000, most=size * 20)
    seen = set(visible.filter(pk__in=ids).values_list("pk", flat=True))
    return [id_ for id_ in ids if id_ in seen][:size]


def _page(found: list[int], size: int) -> Page:
    kept = found[:size]
    return Page(kept, kept[-1] if len(found) > size else None)


def _phrases(asked: str | Sequence[Phrase]) -> Sequence[Phrase]:
    return phrases(asked) if isinstance(asked, str) else [phrase for phrase in asked if phrase[0]]


def _index() -> Any:
    return sqlite if connection.vendor == "sqlite" else postgresql
