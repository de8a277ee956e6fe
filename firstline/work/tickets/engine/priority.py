"""Priority from impact and urgency: the matrix of ITIL's service desk practice.

Scales: impact and urgency 1 (high) to 3 (low); priority 1 (critical) to 4 (low).
"""

from __future__ import annotations

Matrix = dict[tuple[int, int], int]

MATRIX: Matrix = {
    (1, 1): 1, (1, 2): 2, (1, 3): 3,
    (2, 1): 2, (2, 2): 3, (2, 3): 4,
    (3, 1): 3, (3, 2): 3, (3, 3): 4,
}  # fmt: skip
MEDIUM = 3


def priority_from(impact: int | None, urgency: int | None, matrix: Matrix = MATRIX) -> int:
    """The priority; an input nobody has given counts as its middle value."""
    return matrix.get((impact or 2, urgency or 2), MEDIUM)
