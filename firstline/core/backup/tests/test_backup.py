"""A backup made while people work comes back whole, in an empty place, and says nothing to anybody.

These tests run the commands as an operator does, each desk with its own folder and database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import threading
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.slow

WRITE = """
import sys
from firstline.config.commands import set_up
set_up()
from datetime import timedelta
from django.contrib.sessions.models import Session
from django.db import transaction
from firstline.core import clock
for number in range(100_000):
    with transaction.atomic():  # two rows, both or none
        for side in ("left", "right"):
            Session.objects.create(session_key=f"{side}{number}", session_data="x" * 500, expire_date=clock.now())
    print(number, flush=True)
"""
READ = """
from firstline.config.commands import set_up
set_up()
from django.contrib.sessions.models import Session
from firstline.core.quiet import is_quiet
print(is_quiet())
print(*Session.objects.values_list("session_key", flat=True))
Session.objects.create(session_key="afterwards", session_data="", expire_date="2030-01-01T00:00Z")
from firstline.core.quiet.actions.speak import speak
speak(by=None)
"""


@dataclass
class Desk:
    """An installation of its own."""

    data: Path
    database: str

    def run(self, *arguments: str, ok: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done.stdout if ok else done.stderr

    def firstline(self, *arguments: str, ok: bool = True) -> str:
        return self.run("-m", "firstline", *arguments, ok=ok)

    @property
    def environment(self) -> dict[str, str]:
        ours = {key: value for key, value in os.environ.items() if not key.startswith(("FIRSTLINE_", "DJANGO_"))}
        return {**ours, "FIRSTLINE_DATA": str(self.data), "FIRSTLINE_DATABASE": self.database}


@pytest.fixture(scope="module")
def desk_of(tmp_path_factory):
    """`desk_of("name")`: a place for a desk, with an empty database of the kind this run tests."""
    made: list[str] = []

    def make(name: str) -> Desk:
        place = tmp_path_factory.mktemp(name)
        address = os.environ.get("FIRSTLINE_DATABASE", "")
        if not address:
            return Desk(place / "data", "")
        database = f"backup_{name}_{len(made)}"
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {database}")
        made.append(database)
        return Desk(place / "data", address.replace("/firstline?", f"/{database}?"))

    yield make
    for database in made:
        with psycopg.connect(os.environ["FIRSTLINE_DATABASE"], autocommit=True) as server:
            server.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="module")
def original(desk_of):
    """A desk with a file and a log. Starting a process takes a second or two, so the tests share it."""
    desk = desk_of("original")
    desk.firstline("manage", "migrate", "-v0")
    (desk.data / "files" / "ab").mkdir(parents=True)
    (desk.data / "files" / "ab" / "abcd").write_bytes(os.urandom(3_000_000))
    (desk.data / "logs").mkdir(exist_ok=True)
    (desk.data / "logs" / "web.log").write_text("not kept")
    return desk


def test_a_backup_under_load_comes_back_with_all_that_was_acknowledged_before(original, desk_of, tmp_path):
    acknowledged: list[int] = []
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE], env=original.environment, stdout=subprocess.PIPE, text=True
    )
    listening = threading.Thread(target=lambda: acknowledged.extend(int(line) for line in writer.stdout or ()))
    listening.start()
    try:
        while len(acknowledged) < 50 and writer.poll() is None:
            threading.Event().wait(0.05)
        before = list(acknowledged)
        original.firstline("backup", str(tmp_path / "busy.tar"))
        after = list(acknowledged)
    finally:
        writer.kill()
        listening.join()
    assert len(after) > len(before), "the writer did not write meanwhile, so this shows nothing"

    copy = desk_of("copy")
    copy.firstline("restore", str(tmp_path / "busy.tar"))

    is_quiet, sessions = copy.run("-c", READ).splitlines()
    lefts = {int(key.removeprefix("left")) for key in sessions.split() if key.startswith("left")}
    rights = {int(key.removeprefix("right")) for key in sessions.split() if key.startswith("right")}
    assert set(before) <= lefts
    assert lefts == rights == set(range(len(lefts)))
    assert is_quiet == "True"
    assert (copy.data / "files" / "ab" / "abcd").read_bytes() == (original.data / "files" / "ab" / "abcd").read_bytes()
    assert (copy.data / "secret.key").read_text() == (original.data / "secret.key").read_text()
    assert (copy.data / "secret.key").stat().st_mode & 0o777 == 0o600
    assert not (copy.data / "logs").exists()
    assert (tmp_path / "busy.tar").stat().st_mode & 0o777 == 0o600

    # It was quiet until READ let it speak, and new rows are numbered after the old ones.
    assert "Nothing is held back" in copy.firstline("release", "--yes")
    assert "is not empty" in copy.firstline("restore", str(tmp_path / "busy.tar"), ok=False)


def test_a_damaged_archive_is_refused_before_anything_is_written(original, desk_of, tmp_path):
    path = tmp_path / "one.tar"
    original.firstline("backup", str(path))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    copy = desk_of("copy")

    said = copy.firstline("restore", str(path), ok=False)

    assert said.startswith("Error: ")
    assert "its digest differs" in said
    assert not copy.data.exists()
    assert "its digest differs" in copy.firstline("backup", "--check", str(path), ok=False)


def test_an_archive_of_a_newer_version_is_refused_by_name(original, desk_of, tmp_path):
    path = tmp_path / "one.tar"
    original.firstline("backup", str(path))
    with tarfile.open(path) as tar:
        tar.extractall(tmp_path / "newer", filter="data")
    manifest = tmp_path / "newer" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"0001_initial"', '"9999_from_the_future"', 1))
    with tarfile.open(path, "w") as tar:
        for part in sorted((tmp_path / "newer").rglob("*")):
            if part.is_file():
                tar.add(part, part.relative_to(tmp_path / "newer").as_posix())

    assert "is newer than this one" in desk_of("copy").firstline("restore", str(path), ok=False)
