"""What somebody may have meant."""

import difflib
from collections.abc import Iterable

from firstline.core.text import fold


def nearest(typed: str, known: Iterable[str]) -> str:
    """The known word most like the typed one, or nothing. A beginning counts before a likeness."""
    words = {fold(word): word for word in known}
    typed = fold(typed)[:60]
    if not typed:
        return ""
    for folded in sorted(words, key=len):
        if folded.startswith(typed):
            return words[folded]
    found = difflib.get_close_matches(typed, words, n=1, cutoff=0.6)
    return words[found[0]] if found else ""
