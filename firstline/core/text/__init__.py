"""Text folded for finding: without accents, without case, the same on every database."""

from __future__ import annotations

import unicodedata

# Letters that NFKD does not take apart.
_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe",
     "ı": "i", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ħ": "h", "Ħ": "h"}
)  # fmt: skip


def fold(text: str) -> str:
    """`Łączę` and `Đặng` become `lacze` and `dang`."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()
