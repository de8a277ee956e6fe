"""BPMN files made to be executed (betsy), run by the workflow engine, beside what they should do.

The files are not in the repository; FIRSTLINE_SHARED (default: `../shared`) says where they lie.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firstline.flow.workflows.engine.bpmn.tracing import trace

SHARED = Path(os.environ.get("FIRSTLINE_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
BETSY = SHARED / "data/05_bpmn/betsy"
MIWG = SHARED / "data/05_bpmn/miwg_reference"


@dataclass(frozen=True)
class Outcome:
    """One case. Branches that run side by side may say their names in any order."""

    group: str
    process: str
    case: dict[str, Any]
    answer: dict[str, Any]

    @property
    def is_refused(self) -> bool:
        return bool(self.answer["status"] == "refused")

    @property
    def is_right(self) -> bool:
        return not self.is_refused and Counter(self.answer["trace"]) == Counter(self.case["expected_trace"])

    @property
    def is_wrong(self) -> bool:
        return not self.is_refused and not self.is_right


def outcomes() -> list[Outcome]:
    found = []
    for process in json.loads((BETSY / "expected.json").read_text()):
        text = (BETSY / f"{process['process']}.bpmn").read_bytes()
        for case in process["cases"]:
            number = case["options"].get("setIntegerVariable")
            variables = {"integerVariable": int(number)} if number is not None else {}
            answer = trace(text, case["input"], variables)
            found.append(Outcome(process["group"], process["process"], case, answer))
    return found


def main(arguments: list[str]) -> int:
    """Print the table; with -v also what was refused or wrong."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    if names and "bpmn" not in names:
        return 0
    if not BETSY.is_dir():
        print(f"The BPMN files are not at {BETSY}; set FIRSTLINE_SHARED.")
        return 1
    by_group: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    for outcome in outcomes():
        by_group[outcome.group][outcome.process].append(outcome)
    everything: list[list[Outcome]] = []
    for group, processes in sorted(by_group.items()):
        _line(group, list(processes.values()))
        everything += processes.values()
    _line("all BPMN processes", everything)
    if "-v" in arguments:
        for cases in everything:
            for one in cases:
                if not one.is_right:
                    print(
                        f"    {one.process} {one.case['input']!r}: {one.answer} instead of {one.case['expected_trace']}"
                    )
    return 0


def _line(name: str, processes: list[list[Outcome]]) -> None:
    right = sum(all(case.is_right for case in cases) for cases in processes)
    refused = sum(any(case.is_refused for case in cases) for cases in processes)
    wrong = sum(any(case.is_wrong for case in cases) for cases in processes)
    share = right / len(processes)
    print(f"BPMN: {name:<49} {right:>4} of {len(processes):<4} {share:7.1%}   refused {refused}, wrong {wrong}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
