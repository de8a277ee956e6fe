"""The priority from all its inputs: a cell of the matrix, and steps up or down from there.

Scales: impact, urgency and value 1 (high) to 3 (low); priority 1 (critical) to 4 (low). The cells are those of ITIL's
service desk practice; what an organisation changes is kept beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CELLS: dict[tuple[int, int], int] = {
    (1, 1): 1, (1, 2): 2, (1, 3): 3,
    (2, 1): 2, (2, 2): 3, (2, 3): 4,
    (3, 1): 3, (3, 2): 3, (3, 3): 4,
}  # fmt: skip
MIDDLE, HIGHEST, LOWEST = 2, 1, 4


@dataclass(frozen=True, slots=True)
class Scale:
    """How the inputs weigh. Steps are added up: 1 makes it one priority higher, -1 one lower."""

    cells: Mapping[tuple[int, int], int] = field(default_factory=lambda: CELLS)
    risk: Mapping[str, int] = field(default_factory=lambda: {"data_loss": 1, "security": 1, "legal": 1, "safety": 2})
    value: Mapping[int, int] = field(default_factory=lambda: {1: 1, 2: 0, 3: -1})
    vip: int = 1
    repeat: int = 1
    repeat_times: int = 2  # as many earlier tickets of the same kind of fault …
    repeat_days: int = 30  # … in as many days
    # Steps alone never lift it above this: four small reasons are not yet an emergency.
    ceiling: int = 2


@dataclass(frozen=True, slots=True)
class Inputs:
    impact: int | None = None
    urgency: int | None = None
    risk: str = ""
    value: int | None = None
    is_vip: bool = False
    repeats: int = 0


def weigh(inputs: Inputs, scale: Scale) -> tuple[int, dict[str, Any]]:
    """The priority, and how it came about: `{"rule": "matrix", "cell": 3, "steps": [["vip", true, 1]], …}`."""
    impact, urgency = inputs.impact or MIDDLE, inputs.urgency or MIDDLE
    cell = scale.cells.get((impact, urgency), 3)
    steps = [step for step in _steps(inputs, scale) if step[2]]
    highest = min(cell, scale.ceiling)
    priority = max(highest, min(LOWEST, cell - sum(step[2] for step in steps)))
    reason: dict[str, Any] = {"rule": "matrix", "impact": inputs.impact, "urgency": inputs.urgency, "cell": cell}
    if steps:
        reason["steps"] = [list(step) for step in steps]
        if cell - sum(step[2] for step in steps) < highest:
            reason["ceiling"] = highest
    return priority, reason


def _steps(inputs: Inputs, scale: Scale) -> list[tuple[str, Any, int]]:
    return [
        ("risk", inputs.risk, scale.risk.get(inputs.risk, 0)),
        ("value", inputs.value, scale.value.get(inputs.value, 0) if inputs.value else 0),
        ("vip", True, scale.vip if inputs.is_vip else 0),
        ("repeats", inputs.repeats, scale.repeat if scale.repeat_times and inputs.repeats >= scale.repeat_times else 0),
    ]
