"""Disks that fill up while people work, and are given room again; nothing is started anew."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.drills.checker import Outcome, compare
from tests.drills.clients import Clients, asking, mailing, numbered
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.kills import LEASE
from tests.drills.ledger import Ledger
from tests.rig.desk import Desk
from tests.rig.wire import Wire, request

LONGEST_RECOVERY = 30  # seconds after there is room again
PAGE = 4096
LEFT = 512 * 1024  # bytes of the full disk, so that a few more tickets fit, and the log of the database
MANY = 60  # tickets of 100 KB


def missing() -> str:
    return "" if os.geteuid() == 0 else "only root may mount a small disk"


class SmallDisk:
    """A file system of its own at a folder, with a file in it that fills it or makes room."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._ballast = folder, folder / "ballast"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)

    def fill(self, *, leave: int = 0) -> None:
        """Nothing is left but some bytes."""
        with self._ballast.open("ab") as file:
            while (free := os.statvfs(self.folder).f_bavail * PAGE - leave) > 0:
                try:
                    os.write(file.fileno(), bytes(min(free, 1 << 20)))
                except OSError:
                    return

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        subprocess.run(["umount", "-l", self.folder], check=False)


def fill_the_disk_of_the_database(trial: Trial) -> Outcome:
    """The disk of the database is full: who writes is told so, who reads is served. `size`: how often."""
    ledger, faults, recovery = trial.ledger(), [], 0.0
    place = trial.grounds.folder / f"small-{trial.seed}-{trial.broken}"
    with SmallDisk(place, 96) as disk, trial.grounds.desk(broken=trial.broken, at=place) as desk:
        desk.start_web()
        works = [asking(desk.port, trial.grounds.token, ledger, f"f{trial.seed}-{n}", words=20_000) for n in range(4)]
        with Clients(works) as clients:
            for _turn in range(trial.size):
                time.sleep(0.5)
                disk.fill(leave=LEFT)
                faults += _until_refused(trial, desk, ledger)
                recovery = max(recovery, _recovery(disk, ledger))
            clients.stopping.set()
            clients.wait()
        outcome = compare(ledger, stored(desk), recovery=recovery)
    return _with(outcome, faults)


def _until_refused(trial: Trial, desk: Desk, ledger: Ledger) -> list[str]:
    refused, acked, deadline = len(ledger.refusals), len(ledger.acked), time.monotonic() + 20
    while time.monotonic() < deadline and len(ledger.refusals) < refused + 4:
        if trial.broken and len(ledger.acked) > acked + MANY:  # it says yes to all, though there is no room for so much
            break
        time.sleep(0.05)
    faults = []
    if len(ledger.refusals) == refused and not trial.broken:
        faults.append("nobody was told that the disk is full")
    if wrong := {status for status in ledger.refusals[refused:] if status not in {503, 507}}:
        faults.append(f"who wrote was answered {wrong}, not 503 or 507")
    with Wire(desk.port) as wire:
        if wire.ask(request("GET", "/api/v1/tickets", authorization=f"Bearer {trial.grounds.token}")).status != 200:
            faults.append("who only reads was not served")
    return faults


def _recovery(disk: SmallDisk, ledger: Ledger) -> float:
    disk.free()
    begun = time.monotonic()
    while not (gap := ledger.gap_after(begun)) and time.monotonic() < begun + 2 * LONGEST_RECOVERY:
        time.sleep(0.05)
    return gap or 2 * LONGEST_RECOVERY


def fill_the_other_disks(trial: Trial) -> Outcome:
    """The disks of attachments, temporary files, logs and backups are full, one after the other. `size`: rounds."""
    ledger, faults, recovery = trial.ledger(), [], 0.0
    place = trial.grounds.folder / f"others-{trial.seed}-{trial.broken}"
    with (
        SmallDisk(place / "files", 48) as files, SmallDisk(place / "tmp", 24) as temporary,
        SmallDisk(place / "backups", 24) as backups,
        trial.grounds.desk(broken=trial.broken, at=place, TMPDIR=str(place / "tmp")) as desk,
        SmallDisk(place / "logs", 4) as logs,
    ):  # fmt: skip
        desk.start_web()
        port = desk.start_mail()
        desk.start("worker", "worker", "--lease", LEASE)
        works = [asking(desk.port, trial.grounds.token, ledger, f"o{trial.seed}-{n}") for n in range(2)]
        works += [mailing(port, numbered(f"r{trial.seed}", 100_000, pause=0.05), ledger)]
        kept = place / "backups" / "kept.tar"
        desk.python("firstline", "backup", str(kept))
        before = kept.read_bytes()
        with Clients(works) as clients:
            for _turn in range(trial.size):
                for disk, while_full in (
                    (files, list), (logs, lambda: _reads(trial, desk)), (temporary, lambda: _uploads(trial, desk)),
                    (backups, lambda: _backs_up(desk, kept, before)),
                ):  # fmt: skip
                    disk.fill()
                    time.sleep(0.7)
                    faults += while_full()
                    recovery = max(recovery, _recovery(disk, ledger))
            clients.stopping.set()
            clients.wait()
        dead = [name for name, process in desk.processes.items() if process.poll() is not None]
        outcome = compare(ledger, stored(desk, settled=trial.patience), recovery=recovery)
    return _with(outcome, faults + [f"{name} has ended" for name in dead])


def _reads(trial: Trial, desk: Desk) -> list[str]:
    with Wire(desk.port) as wire:
        status = wire.ask(request("GET", "/nothing", authorization=f"Bearer {trial.grounds.token}")).status
    return [] if status in {302, 404} else [f"with a full log a page was answered with {status}"]


def _uploads(trial: Trial, desk: Desk) -> list[str]:
    """A body that does not fit into memory, and another answer afterwards."""
    head = {"authorization": f"Bearer {trial.grounds.token}", "content_type": "application/json"}
    with Wire(desk.port) as wire:
        wire.ask(request("POST", "/api/v1/tickets", body=b" " * 3_000_000, **head))
    return _reads(trial, desk)


def _backs_up(desk: Desk, kept: Path, before: bytes) -> list[str]:
    target, faults = kept.with_name("new.tar"), []
    try:
        desk.python("firstline", "backup", str(target))
        faults.append("a backup onto a full disk said that it went well")
    except RuntimeError:
        pass
    if [path.name for path in kept.parent.iterdir() if path.name not in {"kept.tar", "ballast"}]:
        faults.append("something unfinished lies among the backups")
    if kept.read_bytes() != before:
        faults.append("the backup that was there has changed")
    return faults


def _with(outcome: Outcome, faults: list[str]) -> Outcome:
    outcome.faults += faults
    if outcome.recovery > LONGEST_RECOVERY:
        outcome.faults.append(f"it took {outcome.recovery:.0f} s until there was room again")
    return outcome


DRILLS = (
    Drill(
        "DR7", fill_the_disk_of_the_database, "says_yes_always", short=1, long=20, databases=("sqlite",),
        missing=missing,
    ),
    Drill("DR8", fill_the_other_disks, "writes_the_row_first", short=1, long=10, missing=missing),
)  # fmt: skip
