"""What is wrong, or could be better, with a definition that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .phrases import Phrase, Translate

type Severity = Literal["error", "warning", "note"]
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """`step` is empty for the whole. `path`: the steps, in order, that lead to where it shows."""

    code: str
    severity: Severity
    step: str
    sentence: Phrase
    suggestion: Phrase | None = None
    path: tuple[str, ...] = ()

    def said(self, translate: Translate = str) -> str:
        advice = f" {self.suggestion.said(translate)}" if self.suggestion else ""
        return self.sentence.said(translate) + advice

    def __str__(self) -> str:
        return f"{self.severity} {self.code} {self.step or '(workflow)'}: {self.said()}"


def worst_first(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])
