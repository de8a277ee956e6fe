"""Whether a backlog grows by more than chance. Plain Python: counts in, a judgement out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pstdev

WEEK = 7
LEAST_TICKETS, LEAST_SHARE, DEVIATIONS = 10, 0.05, 2.0


@dataclass(frozen=True, slots=True)
class Growth:
    """Tickets more (or fewer) than a week ago, beside what is usual."""

    net: int
    usual: float
    limit: float  # above it, growth is more than chance
    open: int

    @property
    def is_alarm(self) -> bool:
        return self.net > self.limit and self.net >= max(LEAST_TICKETS, LEAST_SHARE * (self.open - self.net))


def judge(opened: Sequence[int], solved: Sequence[int], still_open: int) -> Growth:
    """`opened` and `solved`: tickets a day, oldest first, the last seven days at the end.

    Shorter than two weeks: no limit is known, and nothing is an alarm.
    """
    if len(opened) != len(solved):
        raise ValueError("As many days of opened as of solved tickets.")
    nets = [came - went for came, went in zip(opened, solved, strict=True)]
    net = sum(nets[-WEEK:])
    weeks = [sum(nets[end - WEEK : end]) for end in range(len(nets) - WEEK, WEEK - 1, -WEEK)]
    if not weeks:
        return Growth(net, 0.0, float("inf"), still_open)
    usual = fmean(weeks)
    # What comes and goes by chance alone varies by its square root: few weeks alike make no surprise of the next one.
    chance = sqrt(max(1.0, (sum(opened[:-WEEK]) + sum(solved[:-WEEK])) / len(weeks)))
    return Growth(net, usual, usual + DEVIATIONS * max(pstdev(weeks), chance), still_open)
