"""The power is cut: what was not flushed to the disk is gone."""

from __future__ import annotations

import shutil
import time

from tests.drills import amnesia
from tests.drills.checker import Outcome, compare
from tests.drills.clients import Clients, asking, mailing, numbered
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.kills import LEASE
from tests.rig.desk import free_port


def cut_the_power(trial: Trial) -> Outcome:
    """All is killed and the disk forgets what was not flushed, while tickets come by API and by mail. `size`: cuts."""
    ledger = trial.ledger()
    cuts: list[float] = []  # seconds until all was up again; the last one still the moment of the cut
    place = trial.grounds.folder / f"disk-{trial.seed}-{trial.broken}"
    with amnesia.Forgetful(place) as disk, trial.grounds.desk(broken=trial.broken, at=place) as desk:
        disk.keep()
        port = free_port()
        for turn in range(trial.size):
            desk.start_web()
            desk.start_mail(port=port)
            if cuts:
                cuts[-1] = time.monotonic() - cuts[-1]
            works = [asking(desk.port, trial.grounds.token, ledger, f"p{trial.seed}-{turn}-{n}") for n in range(3)]
            works += [mailing(port, numbered(f"q{trial.seed}-{turn}", 100_000), ledger)]
            with Clients(works, gives_up=True):
                time.sleep(trial.chance.uniform(0.8, 1.6))
                ledger.wait_for(20)
                desk.kill(*desk.processes)
            cuts.append(time.monotonic())
            disk.cut()
        desk.start("worker", "worker", "--lease", LEASE)
        found = stored(desk, settled=trial.patience)
        cuts[-1] = time.monotonic() - cuts[-1]
        outcome = compare(ledger, found, recovery=max(cuts))
        desk.kill(*desk.processes)
        shutil.copytree(place / "logs", trial.grounds.folder / f"{place.name}-logs", dirs_exist_ok=True)
        return outcome


DRILLS = (
    Drill("DR4", cut_the_power, "flushes_seldom", short=1, long=100, databases=("sqlite",), missing=amnesia.missing),
)
