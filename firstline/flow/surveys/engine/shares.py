"""What few answers can and cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt

Z95 = 1.959964  # two-sided 95 %
Z99 = 2.575829  # two-sided 99 %
FEWEST = 5  # answers below which nothing is compared
MANY = 2000  # answers above which the exact test costs more than it tells
FEW = 10  # answers below which a share says nearly nothing


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and between which shares the truth lies in 95 of 100 cases."""

    good: int
    count: int

    @property
    def percent(self) -> float | None:
        return 100 * self.good / self.count if self.count else None

    @property
    def is_thin(self) -> bool:
        return self.count < FEW

    @property
    def interval(self) -> tuple[float, float] | None:
        """In percent. Wilson's score interval (E. B. Wilson 1927): sensible for few answers and near 0 and 100."""
        if not self.count:
            return None
        n, p, z2 = self.count, self.good / self.count, Z95 * Z95
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)

    def is_clearly_below(self, percent: float) -> bool:
        """Whether even the best that the answers allow lies below that."""
        interval = self.interval
        return interval is not None and interval[1] < percent

    def without(self, part: Share) -> Share:
        """All but those: what a part is compared with."""
        return Share(self.good - part.good, self.count - part.count)


def differ(one: Share, other: Share, *, by_chance: float = 0.01) -> bool:
    """Whether two shares differ by more than chance would in one of a hundred cases; fewer than five never do.

    Fisher's exact test (R. A. Fisher 1922), which holds for few answers, too; many are compared by their normal
    approximation. One in a hundred, because a page compares many groups.
    """
    if min(one.count, other.count) < FEWEST:
        return False
    count, good = one.count + other.count, one.good + other.good
    if count > MANY:
        spread = sqrt(good / count * (1 - good / count) * (1 / one.count + 1 / other.count))
        return spread > 0 and abs(one.good / one.count - other.good / other.count) / spread > Z99
    ways = comb(count, one.count)
    least, most = max(0, good - other.count), min(good, one.count)
    chances = [comb(good, k) * comb(count - good, one.count - k) for k in range(least, most + 1)]
    seen = chances[one.good - least]
    return sum(chance for chance in chances if chance <= seen) / ways < by_chance
