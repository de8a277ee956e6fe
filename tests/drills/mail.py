"""Mail that comes twice, and mail that kills its reader."""

from __future__ import annotations

import time

from tests.drills import mails
from tests.drills.checker import Outcome, compare
from tests.drills.clients import Clients, mailing, numbered
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.kills import LEASE

LAG = 60  # seconds in which good mail must be read however bad the rest is


def deliver_twice(trial: Trial) -> Outcome:
    """Each mail comes one to five times, out of order, from four sides, and two workers read. `size`: mails."""
    ledger = trial.ledger()
    keys = [f"d{trial.seed}-{number}" for number in range(trial.size)]
    copies = [(key, mails.good(key)) for key in keys for _copy in range(trial.chance.randint(1, 5))]
    trial.chance.shuffle(copies)
    with trial.grounds.desk(broken=trial.broken) as desk:
        port = desk.start_mail()
        for name in ("worker 1", "worker 2"):
            desk.start(name, "worker", "--lease", LEASE)
        with Clients([mailing(port, copies[place::4], ledger) for place in range(4)]) as clients:
            clients.wait()
        begun = time.monotonic()
        return compare(ledger, stored(desk, settled=trial.patience), recovery=time.monotonic() - begun)


def deliver_poison(trial: Trial) -> Outcome:
    """One mail in twenty is made to hurt its reader. `size`: mails. All good ones in time, all bad ones kept."""
    good, bad = trial.ledger(), trial.ledger()
    with trial.grounds.desk(broken=trial.broken) as desk:
        port = desk.start_mail()
        desk.start("worker", "worker", "--lease", LEASE)
        poisonous = [(f"b{trial.seed}-{n}", mails.poison(f"b{trial.seed}-{n}", n)) for n in range(_few(trial.size))]
        works = [mailing(port, numbered(f"g{trial.seed}", trial.size), good), mailing(port, poisonous, bad)]
        with Clients(works) as clients:
            clients.wait()
        begun = time.monotonic()
        found = stored(desk, settled=trial.patience)
        good.invoked |= bad.invoked | {key for key in found["tickets"] if key not in good.invoked}
        outcome = compare(good, found, recovery=time.monotonic() - begun)
        dead = [name for name, process in desk.processes.items() if process.poll() is not None]
    if dead:
        outcome.faults.append(f"{' and '.join(dead)} ended")
    if outcome.recovery > LAG:
        outcome.faults.append(f"good mail was read {outcome.recovery:.0f} s late")
    if sum(found["mail"].values()) < len(good.acked) + len(bad.acked) or found["mail"].get("received"):
        outcome.faults.append(f"poison was not dealt with: {found['mail']}")
    outcome.faults += bad.faults
    return outcome


def _few(size: int) -> int:
    return max(size // 20, mails.KINDS)


DRILLS = (
    Drill("DR17", deliver_twice, "takes_every_copy", short=12, long=5_000),
    Drill("DR19", deliver_poison, "reads_naively", short=20, long=10_000),
)
