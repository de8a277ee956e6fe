"""What became of a form between two versions, as facts; the room says them in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from .questions import Question, walk


@dataclass(frozen=True, slots=True)
class Change:
    """`what`: added, removed, moved, or the name of the part that changed."""

    what: str
    question: Question
    before: Question | None = None


def changes(old: Sequence[Question], new: Sequence[Question]) -> list[Change]:
    """Removed first, then in the order of the new form."""
    before = {each.key: each for each in walk(old)}
    after = {each.key: each for each in walk(new)}
    found = [Change("removed", each) for key, each in before.items() if key not in after]
    kept_before = [key for key in before if key in after]
    kept_after = [key for key in after if key in before]
    moved = _moved(kept_before, kept_after)
    for key, question in after.items():
        if key not in before:
            found.append(Change("added", question))
            continue
        found += [
            Change(part.name, question, before[key])
            for part in fields(question)
            if part.name not in ("key", "questions") and getattr(question, part.name) != getattr(before[key], part.name)
        ]
        if key in moved:
            found.append(Change("moved", question, before[key]))
    return found


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest questions that had to be taken up: all but the longest run that kept its order."""
    place = {key: at for at, key in enumerate(before)}
    best: list[list[str]] = []
    for key in after:
        longest: list[str] = max((run for run in best if place[run[-1]] < place[key]), key=len, default=[])
        best.append([*longest, key])
    whole: list[str] = max(best, key=len, default=[])
    kept = set(whole)
    return {key for key in after if key not in kept}
