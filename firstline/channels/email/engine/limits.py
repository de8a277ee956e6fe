"""How much of one message we are willing to look at.

Mail is written by strangers. Every loop in this package is bounded by one of these numbers, and what lies
beyond is reported in `problems`, never dropped in silence (the raw bytes are stored by the caller anyway).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps for one message; sizes in bytes or characters, times in seconds."""

    depth: int = 50
    parts: int = 1_000
    headers: int = 1_000
    header_bytes: int = 65_536
    recipients: int = 500
    references: int = 200
    attachments: int = 500
    text_chars: int = 2_000_000
    html_chars: int = 2_000_000
    html_depth: int = 500
    html_tags: int = 40_000
    html_attributes: int = 300
    problems: int = 50
    cpu_seconds: int = 2
    wall_seconds: float = 10.0
    memory_bytes: int = 1_024 * 1_024 * 1_024


STANDARD = Limits()
