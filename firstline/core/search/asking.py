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
_FIRST_LOOK, _LAST_LOOK = 200, 20_000  # matches
_FEW = 5_000  # visible things


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
    if visible.query.has_filters():
        found = _walk(visible, noun, said, internal=internal, before=before, most=size + 1)
    else:  # who sees everything needs no sifting
        found = _newest(noun, said, internal=internal, before=before, most=size + 1)
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
    seen = set(visible.filter(pk__in=_index().as_set(ids)).values_list("pk", flat=True))
    return [id_ for id_ in ids if id_ in seen][:size]


def _walk(
    visible: models.QuerySet[Any], noun: str, said: Sequence[Phrase], *, internal: bool, before: int | None, most: int
) -> list[int]:
    """The index hands out matches newest first for nothing; a filter around it could only collect and sort them all.

    So matches are taken in growing looks and sifted by what is visible; who sees little is asked for what that is, and
    the index sifts by itself.
    """
    found: list[int] = []
    look = _FIRST_LOOK
    while look <= _LAST_LOOK:
        matches = _newest(noun, said, internal=internal, before=before, most=look)
        found += _in_order(visible.filter(pk__in=_index().as_set(matches)))
        if len(matches) < look or len(found) >= most:
            return found[:most]
        before = matches[-1]
        if look == _FIRST_LOOK:
            seen = list(visible.filter(pk__lt=before).values_list("pk", flat=True)[: _FEW + 1])
            if len(seen) <= _FEW:
                left = most - len(found)
                return found + _newest(noun, said, internal=internal, before=before, most=left, among=seen)
        look *= 10
    return found + _filtered(visible, noun, said, internal=internal, before=before, most=most - len(found))


def _filtered(
    visible: models.QuerySet[Any], noun: str, said: Sequence[Phrase], *, internal: bool, before: int | None, most: int
) -> list[int]:
    matching = visible.filter(query(noun, said, internal=internal))
    if before is not None:
        matching = matching.filter(pk__lt=before)
    return list(_in_order(matching)[:most])


def _in_order(things: models.QuerySet[Any]) -> Any:
    return things.order_by("-pk").values_list("pk", flat=True)


def _page(found: Sequence[int], size: int) -> Page:
    kept = list(found[:size])
    return Page(kept, kept[-1] if len(found) > size else None)


def _phrases(asked: str | Sequence[Phrase]) -> Sequence[Phrase]:
    return phrases(asked) if isinstance(asked, str) else [phrase for phrase in asked if phrase[0]]


def _newest(noun: str, said: Sequence[Phrase], **bounds: Any) -> list[int]:
    found: list[int] = _index().newest(noun, said, **bounds)
    return found


def _index() -> Any:
    return sqlite if connection.vendor == "sqlite" else postgresql
