"""`bin/fuzz`: what the tests try for seconds, for as long as it takes.

Every hostile value in every field of every form, Schemathesis for ten minutes, and sqlmap over a running
desk: first over a page that can be injected, which it has to find. sqlmap (GPL) is no part of Firstline: it comes
into .cache/fuzz when this is asked for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import click

from tests.abuse.injectable import careless_page
from tests.abuse.live import Live
from tests.rig.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "fuzz"
FOUND = "identified the following injection point"
# Pages with questions in their address, and pages with forms; sqlmap fills in the forms it meets.
PATHS = {
    "agent": (
        "/queue?view=all&q=printer&order=newest", "/search?q=zebra", "/palette?q=lamp", "/tickets/{ticket}",
        "/tickets/new", "/people?q=ada",
    ),
    "requester": ("/?q=lamp", "/requests?state=open", "/ask"),
    "admin": (
        "/settings/triage/rules/new", "/settings/escalation/paths/new", "/reports?days=7", "/supervision?list=still",
    ),
}  # fmt: skip


@click.command()
@click.option("--only", type=click.Choice(["forms", "api", "sql"]), default=None)
def fuzz(only: str | None) -> None:
    """Try everything. Ends with 1 if something was found."""
    wrong = 0
    if only in {None, "forms"}:
        wrong += _pytest("tests/abuse/test_forms.py")
    if only in {None, "api"}:
        wrong += _pytest("tests/abuse/test_api.py")
    if only in {None, "sql"}:
        wrong += _sql()
    raise SystemExit(1 if wrong else 0)


def _pytest(path: str) -> int:
    long = {**os.environ, "FIRSTLINE_LONG": "600"}
    return subprocess.run([sys.executable, "-m", "pytest", "-q", path], cwd=ROOT, env=long).returncode


def _sql() -> int:
    program = _sqlmap()
    with careless_page() as address:
        if not _asked(program, address, []):
            print("sqlmap did not find the page that can be injected: what it says of ours would mean nothing.")
            return 1
    print("sqlmap finds the page that can be injected.", flush=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder) / "desk") as desk:
        live = Live(desk)
        for role, paths in PATHS.items():
            for path in paths:
                address = live.url + path.format(ticket=live.things["ticket team"])
                signed_in = ["--cookie", live.cookie(role), "--csrf-token", "csrfmiddlewaretoken", "--ignore-code", "*"]
                is_found = _asked(program, address, [*signed_in, "--forms"])
                print(f"{'FOUND' if is_found else 'nothing':<8} as {role:<10} {path}", flush=True)
                wrong += is_found
    return wrong


def _asked(program: Path, address: str, more: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program, "-u", address, "--batch", "--level", "1", "--risk", "1", "--technique", "BEU",
             "--disable-coloring", "--flush-session", "--output-dir", folder, *more],
            capture_output=True, text=True,
        )  # fmt: skip
    return FOUND in done.stdout


def _sqlmap() -> Path:
    program = CACHE / "bin" / "sqlmap"
    if not program.exists():
        print("Installing sqlmap into .cache/fuzz …", flush=True)
        venv.create(CACHE, with_pip=True)
        subprocess.run([CACHE / "bin" / "pip", "install", "-q", "sqlmap"], check=True)
    return program


if __name__ == "__main__":
    fuzz()
