"""One folded form for every comparison that ignores case and accents.

Databases disagree: SQLite folds ASCII only, PostgreSQL depends on its locale, and neither FTS5 nor NFKD knows that
a Polish ł is found by typing l. So text is folded here, before it is stored for comparing and before it is asked for.
"""

import functools
import sys
import unicodedata

# Letters that Unicode does not decompose, written the way people type them without the letter on their keyboard.
_LETTERS = {
    "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ɛ": "e", "ɔ": "o", "ɨ": "i",
    "ʉ": "u", "ƙ": "k", "ƴ": "y", "ȼ": "c", "ꞌ": "'", "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'",
    "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-",
    "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\x00": "",
}  # fmt: skip


def fold(text: str, *, collapse: bool = False) -> str:
    """Without accents and case: `Łódź` and `LODZ` become `lodz`. Folding twice changes nothing.

    `collapse` also trims and turns every run of white space into one space; folded columns are kept that way.
    """
    text = text.lower().replace("\x00", "") if text.isascii() else _fold_letters(text)
    return " ".join(text.split()) if collapse else text


def _fold_letters(text: str) -> str:
    table = _table()
    for _ in range(4):  # casefolding may reveal a mark, and a stripped mark a letter; two rounds are the rule
        folded = unicodedata.normalize("NFKD", text).casefold()
        folded = unicodedata.normalize("NFKD", folded).translate(table)
        folded = unicodedata.normalize("NFC", folded)  # puts Korean syllables together again
        if folded == text:
            break
        text = folded
    return text


@functools.cache
def _table() -> dict[int, str | None]:
    """Combining marks are dropped when they *combine*; the vowel signs of Hindi or Thai (class 0) are letters."""
    table: dict[int, str | None] = {
        code: None for code in range(0x300, sys.maxunicode + 1) if unicodedata.combining(chr(code))
    }
    return table | {ord(letter): plain for letter, plain in _LETTERS.items()}
