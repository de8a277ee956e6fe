"""A refusal as a page says it: what stands in the way is a link."""

from __future__ import annotations

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from firstline.core.actions import Refused


def linked(refusal: Refused) -> str:
    """The sentence; each of its links stands where its name stands."""
    sentence = str(refusal)
    addresses = dict(refusal.links)
    if not addresses:
        return sentence
    # The longest first: a name may begin with another one.
    names = "|".join(re.escape(name) for name in sorted(addresses, key=len, reverse=True))
    pieces = [
        format_html('<a href="{}">{}</a>', addresses[piece], piece) if piece in addresses else escape(piece)
        for piece in re.split(f"({names})", sentence)
    ]
    whole: SafeString = mark_safe("".join(pieces))  # noqa: S308 -- every piece is escaped above
    return whole
