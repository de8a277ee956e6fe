"""A plan: what is done, by whom, for how many minutes. As people write it, and against what really happened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .phrases import Phrase, gettext_noop, phrase

MOST_STEPS, LONGEST_WHAT, LONGEST_MINUTES = 50, 300, 7 * 24 * 60
BETWEEN = " | "
_CUT = re.compile(r"\s*[|;\t]\s*")


@dataclass(frozen=True, slots=True)
class PlannedStep:
    what: str
    who: str = ""
    """As it was written: a name or an address."""
    minutes: int | None = None

    def __str__(self) -> str:
        parts = [self.what, self.who, "" if self.minutes is None else str(self.minutes)]
        return BETWEEN.join(parts).rstrip(" |")


def understood(lines: Iterable[str]) -> tuple[list[PlannedStep], list[Phrase]]:
    """The steps, one a line: `what | who | minutes`; tabs and semicolons part them, too, as in a copied table.
    What is wrong is said with its line; nothing wrong is taken half."""
    steps, wrong = [], []
    for number, line in enumerate((line for line in lines if line.strip()), 1):
        what, who, minutes, *more = [*_CUT.split(line.strip()), "", ""]
        if more and any(more[:-2]):
            wrong.append(phrase(gettext_noop("Line %(line)s has more than three parts."), line=number))
        elif not what:
            wrong.append(phrase(gettext_noop("Line %(line)s does not say what is done."), line=number))
        elif len(what) > LONGEST_WHAT:
            wrong.append(phrase(gettext_noop("Line %(line)s is too long."), line=number))
        elif minutes and not _is_minutes(minutes):
            text = gettext_noop("Line %(line)s: “%(said)s” is no number of minutes.")
            wrong.append(phrase(text, line=number, said=minutes[:40]))
        else:
            steps.append(PlannedStep(what, who[:200], int(minutes) if minutes else None))
    if len(steps) > MOST_STEPS:
        wrong.append(phrase(gettext_noop("A plan has at most %(most)s steps."), most=MOST_STEPS))
    return steps, wrong


def _is_minutes(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 6 and int(said) <= LONGEST_MINUTES


def scheduled(steps: Iterable[PlannedStep], begins: datetime) -> list[tuple[datetime, datetime]]:
    """When each is planned to begin and to end: one after the other."""
    found, at = [], begins
    for step in steps:
        ends = at + timedelta(minutes=step.minutes or 0)
        found.append((at, ends))
        at = ends
    return found


def deviation(planned: datetime, really: datetime) -> int:
    """Minutes later than planned, rounded; negative if earlier."""
    return round((really - planned).total_seconds() / 60)
