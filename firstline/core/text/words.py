"""The tokens of a text: the one idea of "a word" that indexing and asking share."""

import re
from collections.abc import Sequence

from firstline.core.text.folding import fold

LONGEST_WORD = 64

# Scripts written without spaces: every character is a word of its own, and asking for several means "in a row".
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
# Vowel signs of the Indic scripts are not letters to Python, yet they do not end a word.
_SIGNS = "\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
_WORD = re.compile(rf"[{_ALONE}]|(?:[^\W_{_ALONE}]|[{_SIGNS}])+")


def words(text: str, *, most: int | None = None) -> list[str]:
    """The folded words of a text in order, at most `most` of them; very long ones are cut."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        if most is not None and len(found) >= most:
            break
        found.append(match[0][:LONGEST_WORD])
    return found


def holds_phrase(found: Sequence[str], phrase: Sequence[str], *, prefix: bool = False) -> bool:
    """Whether the words of the phrase stand in a row; `prefix`: the last one is only a beginning."""
    *firm, last = phrase
    span = len(firm)
    return any(
        found[start : start + span] == firm
        and (found[start + span].startswith(last) if prefix else found[start + span] == last)
        for start in range(len(found) - span)
    )
