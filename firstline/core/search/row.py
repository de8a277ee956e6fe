"""One thing as the index sees it."""

import zlib
from dataclasses import dataclass

from firstline.core.text import words

# Words kept of each column. Together below 16,383, the last place PostgreSQL can number.
MOST_WORDS = {"title": 200, "names": 600, "body": 10_000, "internal": 5_000}
MOST_BYTES = 400_000  # of all words of a row; PostgreSQL refuses a vector of a megabyte
MOST_CHARACTERS = 150_000  # of each column; what lies beyond is not even folded
ID_BITS = 44


@dataclass(frozen=True, kw_only=True)
class Document:
    """`names`: people, tags, numbers, serials. `body` is for everybody who may see the thing; `internal` only for those
    who may read internal notes. Put the newest first where a text may grow without end: what exceeds is not indexed."""

    noun: str
    id: int
    title: str = ""
    names: str = ""
    body: str = ""
    internal: str = ""


def columns(document: Document) -> dict[str, list[str]]:
    """The words to be indexed, column by column, public ones first."""
    left = MOST_BYTES
    kept: dict[str, list[str]] = {}
    for column, most in MOST_WORDS.items():
        kept[column] = []
        for word in words(getattr(document, column)[:MOST_CHARACTERS], most=most):
            left -= len(word.encode())
            if left < 0:
                break
            kept[column].append(word)
    return kept


def number_of(noun: str) -> int:
    """A lasting number for a noun, so that no table has to be asked for it; `provide` refuses two alike."""
    return zlib.crc32(noun.encode()) & 0x7FFF


def first_row(noun: str) -> int:
    """FTS5 knows only a row number: the noun's number in its upper bits, the id below."""
    return number_of(noun) << ID_BITS
