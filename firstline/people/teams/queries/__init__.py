"""Reads of teams and absences, and of the rota: who is there now, who can be called, who comes next."""

from .rota import (
    available,
    capacity_of,
    duties_between,
    duties_of,
    gaps_between,
    has_rota,
    next_cover,
    on_call,
    on_shift,
    skilled,
    skills_of,
    zone_of,
)
from .teams import absences_of, absent_among, deputy_of, is_absent, visible_to

__all__ = [
    "absences_of", "absent_among", "available", "capacity_of", "deputy_of", "duties_between", "duties_of",
    "gaps_between", "has_rota", "is_absent", "next_cover", "on_call", "on_shift", "skilled", "skills_of", "visible_to",
    "zone_of",
]  # fmt: skip
