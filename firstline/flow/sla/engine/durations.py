"""Lengths of time as people type and read them: 30 min, 4 h, 1 h 30 min, 90."""

from __future__ import annotations

import re

_TYPED = re.compile(r"(?:(\d{1,9})\s*(?:h|hours?|std|giờ))?\s*(?:(\d{1,9})\s*(?:m|min|minutes?|phút)?)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)")


def minutes(text: str) -> int | None:
    """The minutes meant; None if it cannot be understood. A bare number is minutes."""
    words = " ".join(text.replace(",", " ").split())
    if found := _CLOCK.fullmatch(words):
        return int(found[1]) * 60 + int(found[2])
    found = _TYPED.fullmatch(words)
    if not words or not found:
        return None
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def shown(total: int) -> str:
    """Minutes as they are typed."""
    hours, rest = divmod(total, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{rest} min" if rest else "")))
