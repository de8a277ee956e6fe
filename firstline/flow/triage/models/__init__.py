"""What triage keeps: how priorities are weighed, rules, how teams hand out work, and what was decided why."""

from .book import Book, PriorityScale
from .decisions import Decision, Pick, StillNotice
from .routing import AUTOMATIC, CategorySkill, CategoryTeam, Mode, TeamRouting
from .rules import Rule

__all__ = [
    "AUTOMATIC", "Book", "CategorySkill", "CategoryTeam", "Decision", "Mode", "Pick", "PriorityScale", "Rule",
    "StillNotice", "TeamRouting",
]  # fmt: skip
