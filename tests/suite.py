"""`bin/test`: every check of the house in order, and one table at the end.

A step that cannot run (no Chromium, no rights to install it) is told apart from one that passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import click

from tests.plugins.acceptance import NOTES

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / ".cache" / "reports"
JOURNEYS = "tests/journeys"
ARCHITECTURE = "tests/architecture"
# Two browsers, each with an installation of its own: while one page is looked at, the other is made.
IN_TWO = ("-n", "2", "--dist", "worksteal")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Outcome:
    """What came of one step."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    seconds: float = 0.0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    @property
    def word(self) -> str:
        if self.failed:
            return "FAILED"
        return "ok" if self.passed else "not run"


@dataclass
class Step:
    """One heading of the run."""

    name: str
    what: str
    run: Callable[[], Outcome]
    tags: set[str] = field(default_factory=set)


def command(*arguments: str, **environment: str) -> Callable[[], Outcome]:
    """A step that passes when the command ends with 0."""

    def run() -> Outcome:
        code = subprocess.run(
            [BIN / arguments[0], *arguments[1:]], cwd=ROOT, env={**os.environ, **environment}
        ).returncode
        return Outcome(passed=1) if code == 0 else Outcome(failed=1)

    return run


def pytest(name: str, *arguments: str, needs: Callable[[], str] = str, **environment: str) -> Callable[[], Outcome]:
    """A step that counts tests. `needs` answers with what is missing, or nothing."""

    def run() -> Outcome:
        missing = needs()
        if missing:
            print(missing)
            return Outcome(skipped=1, note=missing)
        report = REPORTS / f"{name}.xml"
        report.unlink(missing_ok=True)
        code = subprocess.run(
            [
                BIN / "python",
                "-m",
                "pytest",
                "-q",
                "--continue-on-collection-errors",
                f"--junitxml={report}",
                *arguments,
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
        ).returncode
        return _counted(report, code)

    return run


def _counted(report: Path, code: int) -> Outcome:
    outcome = Outcome()
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            outcome += Outcome(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    nothing_collected = 5
    if code not in {0, nothing_collected} and not outcome.failed:
        outcome.failed = 1
        outcome.note = f"pytest ended with {code}"
    return outcome


def browser() -> str:
    return _installed("Chromium", BROWSERS, package="chromium", lost="browser journeys and accessibility checks")


def dovecot() -> str:
    return _installed("Dovecot", ("dovecot",), package="dovecot-imapd", lost="tests against a real IMAP server")


def _installed(name: str, programs: tuple[str, ...], *, package: str, lost: str) -> str:
    """Empty if the program is there or could be installed; else a sentence."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    if any(shutil.which(program, path=path) for program in programs):
        return ""
    advice = f"{name} is missing, so the {lost} did not run. Install it: apt-get install {package}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return advice
    print(f"Installing {package} (about half a minute) …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", *arguments], env=quiet, capture_output=True, text=True)
        if done.returncode != 0:
            return f"{advice} ({(done.stderr.strip().splitlines() or ['apt-get failed'])[-1]})"
    return ""


def steps(paths: tuple[str, ...], *, long: bool) -> Iterator[Step]:
    """Cheap and telling first."""
    if not paths:
        yield Step("format", "every file as ruff would write it", command("ruff", "format", "--check", "."), {"static"})
        yield Step("lint", "ruff's rules", command("ruff", "check", "."), {"static"})
        yield Step("imports", "floors and rooms", command("lint-imports"), {"static"})
        yield Step("types", "mypy, strict", command("mypy"), {"static"})
        yield Step("packages", "what is installed fits together", command("uv", "pip", "check"), {"static"})
        yield Step(
            "django", "system checks, settings for production", command("python", "-m", "tests.production"), {"static"}
        )
        yield Step(
            "migrations", "none is missing", command("python", "-m", "tests.production", "makemigrations"), {"static"}
        )
        yield Step("house", "rules of the house", pytest("house", ARCHITECTURE), {"static", "sqlite"})
    chosen = paths or ("firstline", "tests", f"--ignore={JOURNEYS}", f"--ignore={ARCHITECTURE}")
    yield Step("sqlite", "tests on SQLite", pytest("sqlite", *chosen, FIRSTLINE_TEST_DB="sqlite"), {"sqlite"})
    # What is marked slow (whole processes killed, every role at every route) runs once in the whole suite, on SQLite;
    # `bin/test --pg` runs it on PostgreSQL, too.
    once = () if long else ("-m", "not slow")
    yield Step(
        "postgresql",
        "the same on PostgreSQL",
        pytest("postgresql", *chosen, *once, FIRSTLINE_TEST_DB="postgresql"),
        {"postgresql"},
    )
    if not paths:
        yield Step("browser", "journeys in Chromium", pytest("browser", JOURNEYS, *IN_TWO, needs=browser), {"browser"})


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--fast", is_flag=True, help="Leave out PostgreSQL, the browser and tests marked slow.")
@click.option("--sqlite", is_flag=True, help="Tests on SQLite only.")
@click.option("--pg", is_flag=True, help="Tests on PostgreSQL only.")
@click.option("--browser", "only_browser", is_flag=True, help="Journeys in the browser only.")
@click.option("--static", is_flag=True, help="Checks that run no test: format, lint, imports, types, house rules.")
def suite(paths: tuple[str, ...], fast: bool, sqlite: bool, pg: bool, only_browser: bool, static: bool) -> None:
    """Run every check, or the tests under PATHS only."""
    os.chdir(ROOT)
    REPORTS.mkdir(parents=True, exist_ok=True)
    only = {
        tag for tag, on in (("sqlite", sqlite), ("postgresql", pg), ("browser", only_browser), ("static", static)) if on
    }
    if paths and not only:
        only = {"sqlite"}
    if fast:
        os.environ["PYTEST_ADDOPTS"] = f"{os.environ.get('PYTEST_ADDOPTS', '')} -m 'not slow'"
        only = only or {"static", "sqlite"}
    if not only:
        NOTES.unlink(missing_ok=True)
        dovecot()
    done: list[tuple[Step, Outcome]] = []
    for step in steps(paths, long=pg):
        if only and not step.tags & only:
            continue
        print(f"\n── {step.name}: {step.what} {'─' * max(2, 70 - len(step.name) - len(step.what))}", flush=True)
        begun = time.monotonic()
        outcome = step.run()
        outcome.seconds = time.monotonic() - begun
        print(f"   {outcome.word}, {outcome.seconds:.1f} s", flush=True)
        done.append((step, outcome))
    sys.exit(_summary(done))


def _summary(done: list[tuple[Step, Outcome]]) -> int:
    print(f"\n{'step':<12} {'result':<8} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    for step, outcome in done:
        print(
            f"{step.name:<12} {outcome.word:<8} {outcome.passed:>7} {outcome.failed:>7} {outcome.skipped:>8} "
            f"{outcome.seconds:>8.1f}  {outcome.note}".rstrip()
        )
    total = sum((outcome for _, outcome in done), Outcome())
    print(f"{'':<12} {'':<8} {'':>7} {'':>7} {'':>8} {sum(outcome.seconds for _, outcome in done):>8.1f}\n")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


if __name__ == "__main__":
    suite()
