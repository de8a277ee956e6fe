"""What a mail of ours says: words with places to fill in, and the buttons below. Plain data; others send it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACES = ("name", "number", "subject", "organisation", "closes")
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is dressed: lines of text, then links by label."""

    subject: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    foot: str = ""


def fill(words: str, values: Mapping[str, str]) -> str:
    """Put the values into their places. Nothing is run: an unknown place stays as it is, and so do braces in values."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), words)


def unknown_places(words: str) -> list[str]:
    """Places that nobody fills in: a slip of the pen that the form points at."""
    return sorted({found[1] for found in _PLACE.finditer(words)} - set(PLACES))


def as_text(letter: Letter) -> str:
    """The letter for programs that show plain text only."""
    links = [f"{label}:\n{address}" for label, address in letter.links]
    return "\n\n".join([letter.text, *links, *([letter.foot] if letter.foot else [])])
