"""Texts with placeholders: `{subject}` and nothing else. No expressions, no second reading of what was put in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

PLACEHOLDER = re.compile(r"\{([a-z][a-z_]{0,39})\}")
NOTHING = "—"


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, in one pass: braces inside of a value stay what they are.

    A placeholder without a value becomes a dash: a notice with a gap is better than none.
    """
    return PLACEHOLDER.sub(lambda found: words.get(found[1]) or NOTHING, text)


def unknown(text: str, known: Collection[str]) -> dict[str, str]:
    """The placeholders of a text that nobody fills, each with the known one that looks most like it (or empty)."""
    names = dict.fromkeys(PLACEHOLDER.findall(text))
    return {
        name: next(iter(get_close_matches(name, list(known), n=1, cutoff=0.5)), "")
        for name in names
        if name not in known
    }


def one_line(text: str, *, most: int = 200) -> str:
    """For subjects and titles: no line breaks, not endless."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
