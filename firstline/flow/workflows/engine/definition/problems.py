"""What is wrong with a document: where, and in a sentence. Reading never raises for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`step`: the id of the step, or empty for the document. `part`: what of it (`next[1].to`). `line` of the file."""

    step: str
    part: str
    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"step “{self.step}”" if self.step else "the workflow"
        where = f"line {self.line}, {place}" if self.line else place
        return f"{where[0].upper()}{where[1:]}{f', {self.part}' if self.part else ''}: {self.sentence}"


class Malformed(ValueError):
    """Raised only by `must_read`, for documents that ship with the product."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
