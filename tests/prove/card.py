"""The scorecard: as text for the terminal, as Markdown for a page, as JSON for a program."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.prove.parts import Result
from tests.rig.desk import ROOT
from tests.rig.machine import describe, load


@dataclass
class Card:
    """All results of one run, and where and of what they are."""

    seed: int
    at: str
    machine: str = field(default_factory=describe)
    load_before: float = field(default_factory=load)
    load_after: float = 0.0
    version: str = field(default_factory=lambda: _version())
    minutes: float = 0.0
    results: list[Result] = field(default_factory=list)

    @property
    def has_held(self) -> bool:
        return not any(result.state == "FAILED" for result in self.results)

    @property
    def head(self) -> str:
        return (
            f"{self.version}, {self.at}, seed {self.seed}. {self.machine}; load {self.load_before:.1f} before, "
            f"{self.load_after:.1f} after. {self.minutes:.1f} minutes."
        )

    def text(self) -> str:
        lines = ["Firstline, proven on this machine", self.head, ""]
        for result in self.results:
            lines.append(f"{result.part:<11} {result.state:<8} {result.seconds:>5.0f} s")
            lines += [f"   {name:<44} {words}" for name, words in result.figures.items()]
            lines += [f"   ! {note}" for note in result.notes]
        return "\n".join([*lines, "", self.verdict])

    def markdown(self) -> str:
        lines = [self.head, "", "| proof | figure | |", "|---|---|---|"]
        for result in self.results:
            rows = result.figures or {"": "; ".join(result.notes)}
            lines += [
                f"| {result.part if place == 0 else ''} | {_cell(name)} | {_cell(words)} |"
                for place, (name, words) in enumerate(rows.items())
            ]
        notes = [f"- {result.part}, {result.state}: {note}" for result in self.results for note in result.notes]
        return "\n".join([*lines, "", *notes, "", self.verdict, ""])

    def json(self) -> str:
        return json.dumps(asdict(self) | {"held": self.has_held}, indent=1)

    @property
    def verdict(self) -> str:
        failed = [result.part for result in self.results if result.state == "FAILED"]
        absent = [result.part for result in self.results if result.state == "not run"]
        words = f"FAILED: {', '.join(failed)}." if failed else "All that ran has held."
        return f"{words} Not run: {', '.join(absent)}." if absent else words

    def write(self, folder: Path) -> None:
        (folder / "scorecard.txt").write_text(f"{self.text()}\n")
        (folder / "scorecard.md").write_text(self.markdown())
        (folder / "scorecard.json").write_text(self.json())


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _version() -> str:
    """The commit, and whether anything was changed since."""
    if not (ROOT / ".git").exists():
        return "no repository"
    commit = subprocess.run(
        ["git", "log", "-1", "--format=%h"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True).stdout
    return f"commit {commit}{', with changes that are not committed' if changed.strip() else ''}"
