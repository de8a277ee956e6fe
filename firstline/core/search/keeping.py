"""Keeping the index true to the nouns."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import connection, transaction

from firstline.core.search import postgresql, sqlite
from firstline.core.search.row import Document, number_of

_AT_ONCE = 200


@dataclass(frozen=True)
class Source:
    ids: Callable[[], Iterable[int]]
    read: Callable[[list[int]], Iterable[Document]]


@dataclass(frozen=True)
class Checked:
    """How the index compares with the nouns; `missing` and `surplus` are ids, the first hundred."""

    expected: int
    missing: tuple[int, ...]
    surplus: tuple[int, ...]

    @property
    def is_sound(self) -> bool:
        return not self.missing and not self.surplus


_sources: dict[str, Source] = {}


def provide(noun: str, *, ids: Callable[[], Iterable[int]], read: Callable[[list[int]], Iterable[Document]]) -> None:
    """A room says at start-up how its noun is read: all ids in ascending order, and documents for some of them."""
    clash = next((other for other in _sources if other != noun and number_of(other) == number_of(noun)), None)
    if clash is not None:
        raise ValueError(f"The nouns {noun} and {clash} have the same number in the search index.")
    _sources[noun] = Source(ids, read)


def index(
    noun: str, id: int, *, title: str = "", names: str = "", body: str = "", internal: str = ""  # noqa: A002 -- the word everybody uses
) -> None:  # fmt: skip
    """Put one thing into the index, in place of what was known of it; in the transaction of the change."""
    _index().write([Document(noun=noun, id=id, title=title, names=names, body=body, internal=internal)])


def remove(noun: str, *ids: int) -> None:
    _index().erase(noun, ids)


def read(noun: str, id: int) -> Document | None:  # noqa: A002 -- the word everybody uses
    """One thing as its room reads it for the index; None if it is no more."""
    return next(iter(_sources[noun].read([id])), None)


def refresh(noun: str, *ids: int) -> None:
    """Read the things anew from their source; those it no longer gives leave the index."""
    documents = list(_sources[noun].read(list(ids)))
    _index().write(documents)
    if gone := set(ids) - {document.id for document in documents}:
        _index().erase(noun, gone)


def rebuild(noun: str) -> int:
    """Index everything anew while searching goes on; returns how many things there are."""
    count = 0
    for ids in batched(_sources[noun].ids(), _AT_ONCE):
        with transaction.atomic():
            refresh(noun, *ids)
        count += len(ids)
    for surplus in batched(_compare(noun, which="surplus"), _AT_ONCE):
        remove(noun, *surplus)
    return count


def check_index(noun: str) -> Checked:
    """Whether every thing is in the index and nothing else is."""
    missing, surplus = list(_compare(noun, which="missing")), list(_compare(noun, which="surplus"))
    expected = sum(1 for _id in _sources[noun].ids())
    return Checked(expected, tuple(missing[:100]), tuple(surplus[:100]))


def compact() -> None:
    """Drop what deleted rows have left behind: after forgetting a person, and now and then."""
    _index().compact()


def _compare(noun: str, *, which: str) -> Iterator[int]:
    start = 0
    for ids in batched(_sources[noun].ids(), 5_000):
        known = _index().known_ids(noun, start, ids[-1])
        yield from sorted(set(ids) - known if which == "missing" else known - set(ids))
        start = ids[-1] + 1
    last = _index().last_id(noun)
    if which == "surplus" and last >= start:
        yield from sorted(_index().known_ids(noun, start, last))


def _index() -> Any:
    return sqlite if connection.vendor == "sqlite" else postgresql
