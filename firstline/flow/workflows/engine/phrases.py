"""Sentences that are translated when they are read: engines know no Django, and a finding outlives its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

type Translate = Callable[[str], str]


def gettext_noop(text: str) -> str:
    """Marks a text for `bin/translate`."""
    return text


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text % words`; the words may be phrases themselves."""

    text: str
    words: dict[str, Any] = field(default_factory=dict)

    def said(self, translate: Translate = str) -> str:
        words = {
            name: word.said(translate) if isinstance(word, Phrase | Listed) else word
            for name, word in self.words.items()
        }
        return translate(self.text) % words

    def __str__(self) -> str:
        return self.said()


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things in a row."""

    parts: tuple[Any, ...]
    between: str = ", "

    def said(self, translate: Translate = str) -> str:
        return self.between.join(
            part.said(translate) if isinstance(part, Phrase | Listed) else str(part) for part in self.parts
        )

    def __str__(self) -> str:
        return self.said()


def phrase(text: str, **words: Any) -> Phrase:
    return Phrase(text, words)


def listed(parts: Iterable[Any], between: str = ", ") -> Listed:
    return Listed(tuple(parts), between)
