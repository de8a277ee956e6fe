"""Teams and absences; the rota: skills, shifts, exceptions, swaps, calendar feeds."""

from .rota import Capacity, Feed, Override, PersonSkill, Shift, ShiftMember, Skill, Swap
from .teams import Absence, Team, TeamMember

__all__ = [
    "Absence", "Capacity", "Feed", "Override", "PersonSkill", "Shift", "ShiftMember", "Skill", "Swap", "Team",
    "TeamMember",
]  # fmt: skip
