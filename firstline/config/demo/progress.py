"""How a long step says how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def __call__(self, step: str, done: int = 0, total: int = 0) -> None:
        """`step` is what is being done, in a few words; total 0: not known."""
