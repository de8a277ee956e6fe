"""What a monitoring system said, in our words: the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIRING, RESOLVED = "firing", "resolved"

# From the words of many systems to five. What nobody knows is a warning: neither panic nor silence.
SEVERITIES = {
    "critical": "critical", "crit": "critical", "fatal": "critical", "disaster": "critical", "emergency": "critical",
    "emerg": "critical", "page": "critical", "down": "critical", "p1": "critical", "sev1": "critical", "5": "critical",
    "high": "high", "error": "high", "err": "high", "major": "high", "alert": "high", "p2": "high", "sev2": "high",
    "4": "high", "failed": "high",
    "average": "medium", "medium": "medium", "warning": "medium", "warn": "medium", "minor": "medium", "p3": "medium",
    "sev3": "medium", "3": "medium", "2": "medium", "unknown": "medium", "unreachable": "high", "degraded": "medium",
    "low": "low", "p4": "low", "sev4": "low",
    "info": "info", "information": "info", "informational": "info", "notice": "info", "none": "info", "debug": "info",
    "p5": "info", "1": "info", "0": "info", "not classified": "info", "ok": "info",
}  # fmt: skip
RANK = ("critical", "high", "medium", "low", "info")


class Unreadable(ValueError):
    """It is not what this kind of sender sends. The message says what is missing, for the person who set it up."""


@dataclass(frozen=True, slots=True)
class Part:
    """One alert of a group: firing or resolved, since when (as the sender writes it)."""

    key: str
    state: str
    label: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One group of alerts: it becomes one ticket, whatever happens inside it."""

    key: str
    title: str
    state: str
    severity: str = "medium"
    text: str = ""
    url: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    truncated: int = 0  # alerts the sender left out


def severity_of(*words: Any) -> str:
    """The gravest of these words, as one of RANK."""
    known = [SEVERITIES[text] for word in words if (text := f"{word}".strip().lower()) in SEVERITIES]
    return min(known, key=RANK.index) if known else "medium"


def text_of(value: Any, most: int = 2000) -> str:
    """A value as text; nothing for what is no text."""
    if value is None or isinstance(value, dict | list):
        return ""
    return " ".join(f"{value}".replace("\x00", "").split())[:most]


def mapping_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def labels_of(value: Any) -> dict[str, str]:
    return {f"{key}"[:80]: text_of(part, 300) for key, part in mapping_of(value).items() if text_of(part)}
