"""`bin/acceptance`: which lines of docs/acceptance.md, and which cases of docs/abuse.md, have a passing test."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import click

from tests.abuse.catalogue import cases
from tests.plugins.acceptance import NOTES, Note

LIST = Path(__file__).resolve().parent.parent / "docs" / "acceptance.md"
ID = re.compile(r"\*\*(S\d\.\d+)\*\*")


def lines() -> dict[str, str]:
    """Every id with its sentence, in the order of the list."""
    found: dict[str, str] = {}
    for line in LIST.read_text().splitlines():
        parts = ID.split(line)
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            found[name] = " ".join(text.strip(" ·;:-").split()) or line.removeprefix("- ")
    return found


def proofs() -> dict[str, list[str]]:
    """The tests that claim a line and passed, by id. A claim by any failed or skipped test spoils the line."""
    notes = _notes()
    claimed: dict[str, list[str]] = {}
    spoilt: set[str] = set()
    for test, note in notes.items():
        for name in note["ids"]:
            claimed.setdefault(name, []).append(test)
            if not note["passed"]:
                spoilt.add(name)
    return {name: tests for name, tests in claimed.items() if name not in spoilt}


def _notes() -> dict[str, Note]:
    return json.loads(NOTES.read_text()) if NOTES.exists() else {}


def abuse(*, only_open: bool, with_tests: bool) -> None:
    """One line per case: holds, holds in part, open, or failed; then the tests, or what it waits for."""
    passed: dict[str, list[str]] = {}
    failed: dict[str, list[str]] = {}
    for test, note in _notes().items():
        for name in note.get("abuse", []) if not note.get("skipped") else []:
            (passed if note["passed"] else failed).setdefault(name, []).append(test)
    counts: Counter[str] = Counter()
    for case in cases().values():
        tests = passed.get(case.id, [])
        if case.id in failed:
            state = "FAILED"
        elif not tests:
            state = "open"
        else:
            state = "in part" if case.open else "holds"
        counts[state] += 1
        if only_open and state == "holds":
            continue
        print(f"{case.id:<4} {state:<8} {len(tests):>4} tests  {case.what}")
        if case.open or state == "open":
            print(f"{'':<24}open: {case.open or 'No test of the last run has shown it.'}")
        for test in failed.get(case.id, []):
            print(f"{'':<24}failed: {test}")
        for test in tests if with_tests else []:
            print(f"{'':<24}{test}")
    print(", ".join(f"{counts[state]} {state}" for state in ("holds", "in part", "open", "FAILED")))
    if not NOTES.exists():
        sys.exit("No run has been noted yet. Run bin/test first.")


@click.command()
@click.option("--open", "only_open", is_flag=True, help="List the lines that no passing test shows.")
@click.option("--tests", "with_tests", is_flag=True, help="List every met line with the tests that show it.")
@click.option("--abuse", "of_abuse", is_flag=True, help="The cases of docs/abuse.md instead.")
def acceptance(only_open: bool, with_tests: bool, of_abuse: bool) -> None:
    """Count the lines of the acceptance list that a passing test shows."""
    if of_abuse:
        abuse(only_open=only_open, with_tests=with_tests)
        return
    known, proven = lines(), proofs()
    met = [name for name in known if name in proven]
    missing = [name for name in known if name not in proven]
    for name in missing if only_open else []:
        print(f"{name:<6} {known[name]}")
    for name in met if with_tests else []:
        print(f"{name:<6} {known[name]}")
        for test in proven[name]:
            print(f"       {test}")
    groups, groups_met = (Counter(name.split(".")[0] for name in names) for names in (known, met))
    print(f"{'group':<6} {'lines':>6} {'met':>6} {'open':>6}")
    for group, count in groups.items():
        print(f"{group:<6} {count:>6} {groups_met[group]:>6} {count - groups_met[group]:>6}")
    print(f"{'all':<6} {len(known):>6} {len(met):>6} {len(missing):>6}")
    unknown = sorted(set(proven) - set(known))
    if unknown:
        sys.exit(f"Tests name lines that are not in docs/acceptance.md: {', '.join(unknown)}.")
    if not NOTES.exists():
        sys.exit("No run has been noted yet. Run bin/test first.")


if __name__ == "__main__":
    acceptance()
