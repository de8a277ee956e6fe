"""The measure of the proof and the lint: defects planted into the workflows that ship are found, and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from firstline.flow.workflows.engine.definition import Definition, document, must_read, understand
from firstline.flow.workflows.engine.findings import Finding
from firstline.flow.workflows.engine.lint import Known, lint
from firstline.flow.workflows.engine.soundness import prove
from firstline.flow.workflows.fields import HouseLanguage

from .planting import planted

FLOWS = sorted((Path(__file__).parent.parent / "flows").glob("*.yaml"))
LANGUAGE = HouseLanguage()
AT_LEAST, SHARE = 200, 0.95
EVERY = 1 if "FIRSTLINE_EXAMPLES" in os.environ else 2  # all of them take a minute


def definition_of(path: Path) -> Definition:
    return must_read(path.read_text(), LANGUAGE)


def people(who: str) -> int | None:
    if who.startswith(("field:", "manager", "requester", "department_head", "service_owner", "owner")):
        return 1
    return 0 if who.endswith(":nobody") else 4


KNOWN = Known(
    actions={
        "ticket.resolve",
        "ticket.note",
        "ticket.declare_major",
        "ticket.triage",
        "ticket.pick",
        "ticket.add_participant",
        "change.assess",
        "ticket.prioritise",
        "ticket.route",
    },
    events={"ticket.opened", "ticket.status_changed"},
    forms={},
    given={"subject"},
    workflows=set(),
    people=people,
)


def found_in(definition: Definition) -> tuple[list[Finding], list[Finding]]:
    return list(prove(definition, LANGUAGE, most=4_000).findings), lint(definition, KNOWN)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_workflows_that_ship_are_proven_and_clean(path: Path) -> None:
    definition = definition_of(path)

    proof = prove(definition, LANGUAGE)

    assert proof.is_sound
    assert [str(finding) for finding in (*proof.findings, *lint(definition, KNOWN))] == []


def test_planted_defects_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    by: Counter[str] = Counter()
    missed: list[str] = []
    count = 0
    for path in FLOWS:
        good: dict[str, Any] = document(definition_of(path))
        for number, (operator, where, bad) in enumerate(planted(good)):
            if number % EVERY:
                continue
            count += 1
            who = finder(bad)
            by[who] += 1
            if not who:
                missed.append(f"{path.stem}: {operator}: {where}")

    with capsys.disabled():
        found = count - len(missed)
        parts = ", ".join(f"{name} {number}" for name, number in sorted(by.items()) if name)
        print(f"\n{count} defects planted in {len(FLOWS)} workflows, {found} found ({found / count:.1%}): {parts}")
        print("\n".join(f"  missed: {line}" for line in missed))
    assert count >= AT_LEAST
    assert found / count >= SHARE


def finder(bad: dict[str, Any]) -> str:
    """Who finds it first: reading refuses it, the proof does, or the lint. Nobody: empty."""
    definition, problems = understand(bad, LANGUAGE)
    if definition is None or problems:
        return "reading"
    proven, linted = found_in(definition)
    if proven:
        return "proof"
    return "lint" if linted else ""
