"""Not enough memory: the kernel kills whoever has taken most of it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.drills import mails
from tests.drills.checker import Outcome, compare
from tests.drills.clients import Clients, mailing, numbered
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.kills import LEASE

GROUPS = Path("/sys/fs/cgroup")
MEGABYTES = 330


class Narrow:
    """A control group of the kernel's with little memory (its first or second version)."""

    def __init__(self, megabytes: int) -> None:
        is_second = (GROUPS / "cgroup.controllers").exists()
        self._folder = (GROUPS if is_second else GROUPS / "memory") / f"firstline-drill-{os.getpid()}-{time.time_ns()}"
        if is_second:
            (GROUPS / "cgroup.subtree_control").write_text("+memory")
        self._folder.mkdir()
        limit = self._folder / ("memory.max" if is_second else "memory.limit_in_bytes")
        limit.write_text(str(megabytes << 20))
        with suppress(OSError):
            (self._folder / "memory.swap.max").write_text("0")

    def take(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError):
            self._folder.rmdir()


def missing() -> str:
    try:
        with Narrow(MEGABYTES):
            return ""
    except OSError as error:
        return f"no control group can be made here ({error.strerror})"


def run_out_of_memory(trial: Trial) -> Outcome:
    """Mails that need more memory than there is: their reader dies, the worker does not. `size`: such mails."""
    good, bad = trial.ledger(), trial.ledger()
    with Narrow(MEGABYTES) as group, trial.grounds.desk(broken=trial.broken) as desk:
        port = desk.start_mail()
        group.take(desk.start("worker", "worker", "--lease", LEASE, "--threads", "1").pid)
        large = [(f"l{trial.seed}-{n}", mails.large(f"l{trial.seed}-{n}")) for n in range(trial.size)]
        with Clients([mailing(port, large, bad), mailing(port, numbered(f"g{trial.seed}", 10), good)]) as clients:
            clients.wait()
        begun = time.monotonic()
        found = stored(desk, settled=trial.patience)
        good.invoked |= {key for key in found["tickets"] if key not in good.invoked}
        outcome = compare(good, found, recovery=time.monotonic() - begun)
        if desk.processes["worker"].poll() is not None:
            outcome.faults.append("the worker ended")
    if found["mail"].get("quarantined", 0) != len(bad.acked) and not trial.broken:
        outcome.faults.append(f"{found['mail']} instead of {len(bad.acked)} in quarantine")
    return outcome


DRILLS = (Drill("DR15", run_out_of_memory, "reads_naively", short=1, long=100, missing=missing),)
