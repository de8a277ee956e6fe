"""The socket for conditions: engines know no Django, the house's condition language does (../rules.py plugs it in)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from .steps import Datum

#: Whether a condition holds for the data of a run, at a moment.
type Predicate = Callable[[Mapping[str, Any], datetime], bool]


class Language(Protocol):
    def problem(self, text: str, fields: Sequence[Datum]) -> str | None:
        """A sentence for what means nothing here; None for a condition that can be asked."""

    def predicate(self, text: str, fields: Sequence[Datum]) -> Predicate:
        """Worth keeping. May raise ValueError for what has a problem."""
