"""What somebody typed to search for. FTS5 and tsquery syntax never see it: only words of ours go on."""

import re

from firstline.core.text import words

MOST_CHARACTERS = 2_000
MOST_PHRASES = 24
SHORTEST_BEGINNING = 3  # two letters begin every tenth word: 24 ms at 100,000 things against 2 ms for three

Phrase = tuple[tuple[str, ...], bool]  # words in a row; whether the last is only a beginning

_PART = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


def phrases(text: str, *, typing: bool = True) -> tuple[Phrase, ...]:
    """`"out of paper" print*`; while typing, the last word is taken for a beginning."""
    found: list[Phrase] = []
    text = text[:MOST_CHARACTERS]
    for part in _PART.finditer(text):
        said = tuple(words(part[1] if part[3] is None else part[3], most=MOST_PHRASES))
        if said and len(found) < MOST_PHRASES:
            is_last = part.end() == len(text) and part[3] is not None
            found.append((said, bool(part[2]) or (part[3] or "").endswith("*") or (typing and is_last)))
    return tuple(found)


def is_beginning(phrase: Phrase) -> bool:
    said, prefix = phrase
    return prefix and (len(said[-1]) >= SHORTEST_BEGINNING or not said[-1].isascii())
