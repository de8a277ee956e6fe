"""A backup made while people work, and brought back to life beside its original."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tests.drills.checker import Outcome, compare
from tests.drills.clients import Clients, asking
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.ledger import Ledger
from tests.drills.sink import Sink
from tests.rig.desk import Desk

CLIENTS = 4


def back_up_under_load(trial: Trial) -> Outcome:
    """Backups under load, each restored elsewhere: all that was acknowledged before is there, and it is silent.

    `size`: how many backups.
    """
    whole = Outcome()
    with Sink() as sink, trial.grounds.desk(FIRSTLINE_SMTP=sink.url) as desk:
        desk.start_web()
        for turn in range(trial.size):
            ledger = trial.ledger()
            works = [
                asking(desk.port, trial.grounds.token, ledger, f"u{trial.seed}-{turn}-{n}", answering=True)
                for n in range(CLIENTS)
            ]
            archive = desk.folder.parent / f"backup-{trial.seed}-{turn}{trial.broken}.tar"
            with Clients(works):
                time.sleep(trial.chance.uniform(1.0, 3.0))
                ledger.wait_for(10)
                if trial.broken:
                    before, copied = _copy_naively(desk, ledger)
                else:
                    before, copied = dict(ledger.acked), None
                    desk.python("firstline", "backup", str(archive))
            ledger.acked = before  # what came later may be in it or not
            part = _restored(trial, sink, ledger, archive, copied)
            whole.acked += part.acked
            whole.lost += part.lost
            whole.duplicated += part.duplicated
            whole.recovery = max(whole.recovery, part.recovery)
            whole.faults += part.faults
    return whole


def _restored(trial: Trial, sink: Sink, ledger: Ledger, archive: Path, copied: Path | None) -> Outcome:
    """Bring it back in an empty place, let a worker run there, and look what is in it and what has left it."""
    begun = time.monotonic()
    with trial.grounds.desk(empty=True, FIRSTLINE_SMTP=sink.url) as copy:
        if copied is not None:
            shutil.rmtree(copy.folder)
            copied.rename(copy.folder)
        else:
            copy.python("firstline", "restore", str(archive))
        seconds = time.monotonic() - begun
        try:
            found = stored(copy)
        except RuntimeError as error:
            return Outcome(acked=len(ledger.acked), lost=len(ledger.acked), faults=[str(error)[-200:]])
        outcome = compare(ledger, found, recovery=seconds, said=2)
        sent = sum(map(len, sink.got.values()))
        if copied is None:
            copy.start("worker", "worker")
            time.sleep(4)
            waiting = sum(1 for _to, _id, state, _doubt, _attempts in found["outgoing"] if state == "waiting")
            if not waiting:
                outcome.faults.append("no mail was waiting in the copy, so its silence shows nothing")
            if sum(map(len, sink.got.values())) > sent:
                outcome.faults.append("the restored copy has sent mail")
    return outcome


def _copy_naively(desk: Desk, ledger: Ledger) -> tuple[dict[str, float], Path]:
    """What many do: copy the file of the running database. Here when its log holds what the file does not yet."""
    database, target = desk.folder / "firstline.sqlite3", desk.folder.with_name(f"{desk.folder.name}-copied")
    deadline = time.monotonic() + 20
    changed, known = database.stat().st_mtime, len(ledger.acked)
    while time.monotonic() < deadline and len(ledger.acked) < known + 3:
        if database.stat().st_mtime != changed:
            changed, known = database.stat().st_mtime, len(ledger.acked)
        time.sleep(0.01)
    before = dict(ledger.acked)
    target.mkdir()
    for path in (desk.folder / "secret.key", database):
        shutil.copy(path, target)
    return before, target


DRILLS = (Drill("DR34", back_up_under_load, "copies_the_file", short=1, long=24),)
