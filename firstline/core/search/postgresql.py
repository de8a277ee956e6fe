"""The index in a tsvector of our own making; PostgreSQL's parsers would part words differently."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from firstline.core.search.phrases import Phrase, is_beginning
from firstline.core.search.row import Document, columns, number_of

_WEIGHTS = {"title": "A", "names": "B", "body": "C", "internal": "D"}
_PUBLIC = "ABC"
_FEW = 5_000  # matches
# Every row also holds the spans its id lies in, as words: letter → bits below. Two of "a" hold 1,024 to 2,048 things.
_SPANS = {"a": 10, "b": 15}
_GAP = 2  # between columns, so that no phrase reaches from one into the next
_WRITE = """
INSERT INTO search_index (noun, id, words) VALUES (%s, %s, %s::tsvector)
ON CONFLICT (noun, id) DO UPDATE SET words = EXCLUDED.words
"""
_RANK = "ts_rank('{0.05, 0.1, 0.5, 1.0}', words, %s::tsquery)"


def write(documents: Iterable[Document]) -> None:
    rows: list[list[Any]] = [[number_of(document.noun), document.id, _vector(document)] for document in documents]
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE, rows)


def erase(noun: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index WHERE noun = %s AND id = ANY(%s)", [number_of(noun), list(ids)])


def ids_sql(noun: str, asked: Sequence[Phrase], *, internal: bool, any_word: bool = False) -> tuple[str, list[Any]]:
    match = _match(noun, asked, internal=internal, any_word=any_word)
    return "SELECT id FROM search_index WHERE noun = %s AND words @@ %s::tsquery", [number_of(noun), match]


def newest(
    noun: str, asked: Sequence[Phrase], *, internal: bool, before: int | None, most: int,
    among: Sequence[int] | None = None,
) -> list[int]:  # fmt: skip
    """The ids of the newest matches, perhaps only `among` some.

    GIN knows no order, so it is asked for the newest things alone (see `_SPANS`): a common word has enough of them.
    What is rarer is few, and all of it is looked at; what is few among the newest only is left to the planner.
    """
    sql, params = ids_sql(noun, asked, internal=internal)
    if among is not None:
        among = [id_ for id_ in among if before is None or id_ < before]
        return sorted(_column(f"{sql} AND id = ANY(%s)", [*params, among]), reverse=True)[:most]
    end = before if before is not None else last_id(noun) + 1
    for letter, bits in _SPANS.items():
        last = (end - 1) >> bits
        near = " | ".join(f"'{_span(noun, letter, span)}'" for span in (last, last - 1) if span >= 0)
        match = f"({near}) & ({_words(asked, internal=internal, any_word=False)})"
        found = sorted(_column(f"{sql} AND id < %s", [params[0], match, end]), reverse=True)
        if len(found) >= most or last < 2:
            return found[:most]
    few = _few(noun, asked, internal=internal, before=end)
    if few is not None:
        return sorted(few, reverse=True)[:most]
    return _column(f"{sql} AND id < %s ORDER BY id DESC LIMIT %s", [*params, end, most])


def _few(noun: str, asked: Sequence[Phrase], *, internal: bool, before: int) -> list[int] | None:
    """All matching ids in no order, or None when they may be more than a few.

    First without places and weights, which GIN answers by itself; only what is left is looked at row by row. The
    planner thinks every word without statistics rather common, and walks a million rows for the 20 with a rare one.
    """
    loose = [((word,), prefix and word == said[-1]) for said, prefix in asked for word in said]
    sql, params = ids_sql(noun, loose, internal=True)
    candidates = _column(f"{sql} AND id < %s LIMIT %s", [*params, before, _FEW + 1])
    if len(candidates) > _FEW:
        return None
    if internal and loose == list(asked):
        return candidates
    sql, params = ids_sql(noun, asked, internal=internal)
    return _column(f"{sql} AND id = ANY(%s)", [*params, candidates])


def as_set(ids: Sequence[int]) -> RawSQL:
    """Ids for `pk__in` as one parameter instead of thousands."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def best(noun: str, asked: Sequence[Phrase], *, internal: bool, any_word: bool, among: int, most: int) -> list[int]:
    match = _match(noun, asked, internal=internal, any_word=any_word)
    sql = f"""
        SELECT id FROM (
            SELECT id, words FROM search_index WHERE noun = %s AND words @@ %s::tsquery ORDER BY id DESC LIMIT %s
        ) AS newest ORDER BY {_RANK} DESC, id DESC LIMIT %s
    """  # noqa: S608 -- every value is bound
    # `&` would be ranked by how near the words stand to each other, and the noun stands nowhere.
    weighed = _words(asked, internal=internal, any_word=True)
    return _column(sql, [number_of(noun), match, among, weighed, most])


def known_ids(noun: str, first: int, last: int) -> set[int]:
    sql = "SELECT id FROM search_index WHERE noun = %s AND id BETWEEN %s AND %s"
    return set(_column(sql, [number_of(noun), first, last]))


def last_id(noun: str) -> int:
    sql = "SELECT id FROM search_index WHERE noun = %s ORDER BY id DESC LIMIT 1"
    return next(iter(_column(sql, [number_of(noun)])), 0)


def compact() -> None:
    """Vacuum is PostgreSQL's own work."""


def _vector(document: Document) -> str:
    """Every row also holds its noun as a word: a rare word that spares the index all matches of other nouns."""
    places: dict[str, list[str]] = {}
    place = 0
    for column, kept in columns(document).items():
        for word in kept:
            place += 1
            places.setdefault(word, []).append(f"{place}{_WEIGHTS[column]}")
        place += _GAP
    found = [f"'{word}':{','.join(at[:255])}" for word, at in places.items()]
    spans = [f"'{_span(document.noun, letter, document.id >> bits)}'" for letter, bits in _SPANS.items()]
    return " ".join([f"'{_mark(document.noun)}'", *spans, *found])


def _match(noun: str, asked: Sequence[Phrase], *, internal: bool, any_word: bool) -> str:
    return f"'{_mark(noun)}' & ({_words(asked, internal=internal, any_word=any_word)})"


def _words(asked: Sequence[Phrase], *, internal: bool, any_word: bool) -> str:
    """The words are letters and digits only (core/text), so inside quotes nothing can be meant as syntax."""
    weights = "" if internal else _PUBLIC
    parts = []
    for phrase in asked:
        *firm, last = phrase[0]
        ends = ("*" if is_beginning(phrase) else "") + weights
        said = [f"'{word}'" + (f":{weights}" if weights else "") for word in firm]
        parts.append("(" + " <-> ".join([*said, f"'{last}'" + (f":{ends}" if ends else "")]) + ")")
    return (" | " if any_word else " & ").join(parts)


def _mark(noun: str) -> str:
    return f"§{number_of(noun)}"  # no word of ours holds a §


def _span(noun: str, letter: str, number: int) -> str:
    return f"{_mark(noun)}{letter}{number}"


def _column(sql: str, params: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
