"""The parts of the proof: what each runs, and how its words become a few lines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from tests.bench.__main__ import TARGETS
from tests.rig.desk import ROOT
from tests.suite import browser

CACHE = ROOT / ".cache" / "prove"
# What must be right of the mails of each suite; speed has goals only, for it depends on what else the machine does.
MAIL_BARS = {
    # Two of its mails have an empty text as their expectation, where we show the words of the sender.
    "zammad: body text": 0.96,
    "zammad": 1.0, "discourse": 0.9, "github": 0.9, "talon": 0.9, "sisimai: bounces": 0.95, "flufl: recognised": 0.95,
    "people's mail": 1.0, "all files": 1.0,
}  # fmt: skip
QUICK = 30  # seconds; such parts only count what others have noted
State = Literal["held", "FAILED", "not run"]


@dataclass
class Result:
    """What came of a part. `figures` are the rows of the scorecard, `notes` what could not be shown, and why."""

    part: str
    state: State = "held"
    figures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Part:
    """One command. `read` looks at its words and files; `missing` says in a sentence what it lacks here."""

    name: str
    arguments: tuple[str, ...]
    read: Callable[[Result, str], None]
    longest: float  # seconds
    missing: Callable[[], str] = str

    def run(self, left: float) -> Result:
        """Run it in at most `left` seconds, its words going to a log."""
        result, begun = Result(self.name), time.monotonic()
        lacking = self.missing() or ("" if left > 20 or self.longest <= QUICK else "no time was left for it")
        if lacking:
            result.state, result.notes = "not run", [lacking]
            return result
        log = CACHE / f"{self.name}.log"
        seconds = self.longest if self.longest <= QUICK else min(left, self.longest)
        code = self._carry_out(log, seconds)
        said = log.read_text(errors="replace")
        try:
            self.read(result, said)
        except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
            result.notes.append(f"its answer could not be read ({type(error).__name__}: {error})")
            code = code or 1
        if code is None:
            result.notes.append(f"it was ended after {seconds:.0f} s, before it was done")
        if code != 0 and result.state == "held":
            result.state = "FAILED"
            result.notes += [] if code is None else [f"it ended with {code}; see {log.relative_to(ROOT)}"]
        result.seconds = time.monotonic() - begun
        return result

    def _carry_out(self, log: Path, seconds: float) -> int | None:
        """The code it ended with; None if it did not end in time."""
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-u", "-m", *self.arguments],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, process_group=0,
                env={**os.environ, "FIRSTLINE_TEST_DB": "sqlite"},
            )  # fmt: skip
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, 2)  # as Ctrl-C, so that it takes what it has started with it
                    try:
                        process.wait(15)
                    except subprocess.TimeoutExpired:
                        os.killpg(process.pid, 9)
                        process.wait()


def parts(seed: int) -> Iterator[Part]:
    """Figures first, while the machine is quiet; of what would take an hour, as much as fits, by the seed's order."""
    found = str(CACHE / "drills.json")
    yield Part("bench", ("tests.bench", "--short"), _bench, 330)
    yield Part("mail", ("tests.realdata",), _mail, 90)
    words = ("tests.drills", "--short", "--seed", str(seed), "--for", "180", "--json", found)
    yield Part("drills", words, _drills, 300)
    yield _sample("rights", "tests/matrix", seed=seed, seconds=45)
    yield _sample("browser", "tests/journeys", seed=seed, seconds=60, missing=browser)
    yield _sample("attacks", "firstline", "tests", "-m", "abuse", *_leaving_out(), seed=seed, seconds=100)
    yield Part("abuse", ("tests.acceptance", "--abuse"), _abuse, QUICK)


def _leaving_out() -> list[str]:
    return [f"--ignore=tests/{name}" for name in ("journeys", "matrix", "drills")]


def _sample(name: str, *arguments: str, seed: int, seconds: float, missing: Callable[[], str] = str) -> Part:
    """Tests in an order of the seed; after so many seconds none is begun."""
    report = CACHE / f"{name}.xml"
    words = (
        "pytest", "-q", "-p", "tests.plugins.sample", "--for", str(seconds), "--in-order-of", str(seed),
        f"--hypothesis-seed={seed}", f"--junitxml={report}", *arguments,
    )  # fmt: skip
    return Part(name, words, lambda result, _said: _count(result, report), seconds + 150, missing)


def _count(result: Result, report: Path) -> None:
    """Tests by area: the room, or the folder of tests/."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    root = ElementTree.parse(report).getroot()
    for case in root.iter("testcase"):
        if not case.get("classname"):  # what pytest itself had to say
            continue
        outcomes = {child.tag for child in case}
        count = wrong if outcomes & {"failure", "error"} else skipped if "skipped" in outcomes else right
        count[_area(case.get("classname", ""))] += 1
    for area in sorted(right.keys() | wrong.keys() | skipped.keys()):
        words = f"{right[area]} passed"
        words += f", {wrong[area]} FAILED" if wrong[area] else ""
        words += f", {skipped[area]} skipped" if skipped[area] else ""
        result.figures[area] = words
    reasons = Counter(found.get("message", "") for found in root.iter("skipped"))
    result.notes += [f"{count} tests were skipped: {reason}" for reason, count in reasons.items()]
    for each in root.iterfind("testsuite/properties/property"):
        result.figures[each.get("name", "")] = each.get("value", "")
    if wrong:
        result.state = "FAILED"
        failed = [case for case in root.iter("testcase") if {child.tag for child in case} & {"failure", "error"}]
        result.notes += [f"failed: {case.get('classname')}.{case.get('name')}"[:200] for case in failed[:10]]


def _area(classname: str) -> str:
    """firstline.work.tickets.tests.test_open → work/tickets; tests.matrix.test_matrix → tests/matrix."""
    words = classname.split(".")
    if words[0] == "firstline":
        return "/".join(words[1:3]).removesuffix("/tests")
    return "/".join(words[:2])


def _bench(result: Result, said: str) -> None:
    if "figures in" not in said:
        result.state = "FAILED"
        result.notes.append((said.strip().splitlines() or ["it said nothing"])[-1][:300])
        return
    found = json.loads((ROOT / ".cache" / "bench" / "result.json").read_text())
    for kind, figures in found["databases"].items():
        pages = figures["pages"]
        where = f"{kind}, {found['tickets']:,} tickets"
        result.figures[f"{where}: p50 over a bare page's"] = ", ".join(
            f"{name} × {pages[name]['ratio']}" for name in ("queue", "ticket", "search", "portal home") if name in pages
        )
        for name, goal in TARGETS.items():
            if name in pages and pages[name]["ratio"] > goal:
                result.notes.append(f"{kind}: {name} × {pages[name]['ratio']} is above the goal of {goal}")
        result.figures[f"{where}: durable creates a second"] = ", ".join(
            f"{row['rate']} ({name})" for name, row in figures["creates"].items()
        )


def _mail(result: Result, said: str) -> None:
    if said.startswith("The test mails are not at"):
        result.state = "not run"
        result.notes.append(said.strip())
        return
    for name, right, total in re.findall(r"^(.+?) +(\d+) of (\d+) +[\d.]+%$", said, re.MULTILINE):
        share = int(right) / int(total) if int(total) else 0.0
        result.figures[name.strip()] = f"{right} of {total} ({share:.1%})"
        bar = next((bar for start, bar in MAIL_BARS.items() if name.startswith(start)), 0.0)
        if share < bar:
            result.state = "FAILED"
            result.notes.append(f"{name.strip()}: {share:.1%} is below the bar of {bar:.0%}")


def _drills(result: Result, said: str) -> None:
    result.notes += re.findall(r"^no time was left for .*$", said, re.MULTILINE)
    for row in json.loads((CACHE / "drills.json").read_text()):
        name, _seed, words = row["line"].partition(": ")
        if row["ran"]:
            result.figures[name.split(" ")[0] + (" on PostgreSQL" if row["database"] == "postgresql" else "")] = words
        else:
            result.notes.append(row["line"])
        result.notes += [f"{row['drill']}: {fault}" for fault in row["faults"]]
        if not row["good"]:
            result.state = "FAILED"


def _abuse(result: Result, said: str) -> None:
    last = said.strip().splitlines()[-1]
    result.figures["cases of docs/abuse.md"] = last
    if found := re.search(r"([1-9]\d*) FAILED", last):
        result.state = "FAILED"
        result.notes.append(f"{found[1]} cases failed; see .cache/prove/abuse.log")
