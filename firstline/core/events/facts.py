"""How facts are written: one text for one value, the same on every database.

The order of keys and the spacing are those of PostgreSQL's `jsonb`, so that the text a database gives back is
nearly always the canonical one already and the seal needs no parsing. Where it is not (a number like 1e16),
`canonical` of the parsed value decides.
"""

from __future__ import annotations

import json
from typing import Any


class FactsEncoder(json.JSONEncoder):
    """Keys by length and then by bytes, texts as they are."""

    def __init__(self, **_: Any) -> None:
        super().__init__(ensure_ascii=False)

    def encode(self, o: Any) -> str:
        return super().encode(_ordered(o))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=_by_length) if len(value) > 1 else value
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _by_length(key: str) -> tuple[int, bytes]:
    spelled = key.encode()
    return len(spelled), spelled


canonical = FactsEncoder().encode
