"""Processes killed with -9 while people work. `size`: how many kills."""

from __future__ import annotations

import time

from tests.drills.checker import Outcome, compare, each_once
from tests.drills.clients import Clients, asking, mailing, numbered
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.sink import Sink
from tests.rig.desk import Desk, free_port

CLIENTS = 6
LONGEST_HEALING = 10  # seconds
LEASE = "2"  # seconds; in production 30, which only makes the drill longer


def kill_a_web_worker(trial: Trial) -> Outcome:
    """One of two web processes is killed again and again, while clients open tickets."""
    ledger, killed = trial.ledger(), []
    with trial.grounds.desk(broken=trial.broken) as desk:
        names = ["web 1", "web 2"]
        for name in names:
            desk.start_web(name)
        with Clients(
            asking(desk.port, trial.grounds.token, ledger, f"k{trial.seed}-{n}") for n in range(CLIENTS)
        ) as clients:
            for _turn in range(trial.size):
                time.sleep(trial.chance.uniform(0.5, 1.0 if trial.grounds.warm else 2.0))
                name = trial.chance.choice(names)
                killed.append(time.monotonic())
                desk.kill(name)
                desk.start_web(name)
            time.sleep(1)
            clients.stopping.set()
            clients.wait()
        return compare(ledger, stored(desk), recovery=max(map(ledger.gap_after, killed)))


def kill_everything(trial: Trial) -> Outcome:
    """Web, worker and mail listener are killed at once, while clients open tickets by API and by mail."""
    ledger, killed = trial.ledger(), []
    with trial.grounds.desk(broken=trial.broken) as desk:
        port = free_port()
        _start_all(desk, port)
        works = [asking(desk.port, trial.grounds.token, ledger, f"a{trial.seed}-{n}") for n in range(CLIENTS - 2)]
        works += [mailing(port, numbered(f"m{trial.seed}-{n}", 100_000), ledger) for n in range(2)]
        with Clients(works) as clients:
            for _turn in range(trial.size):
                time.sleep(trial.chance.uniform(0.5, 1.0 if trial.grounds.warm else 4.0))
                ledger.wait_for(10)
                killed.append(time.monotonic())
                desk.kill(*desk.processes)
                _start_all(desk, port)
            time.sleep(1)
            clients.stopping.set()
            clients.wait()
        return compare(
            ledger, stored(desk, settled=trial.patience, forward=True), recovery=max(map(ledger.gap_after, killed))
        )


def kill_the_task_worker(trial: Trial) -> Outcome:
    """The worker is killed while it reads mails and sends receipts: 40 mails for each kill."""
    ledger = trial.ledger()
    with Sink() as sink, trial.grounds.desk(broken=trial.broken, FIRSTLINE_SMTP=sink.url) as desk:
        port, count = desk.start_mail(), 40 * trial.size
        with Clients([mailing(port, numbered(f"w{trial.seed}-{n}", count // 4), ledger) for n in range(4)]) as clients:
            for _turn in range(trial.size):
                desk.start("worker", "worker", "--lease", LEASE)
                time.sleep(trial.chance.uniform(1.5, 3.0) if trial.grounds.warm else trial.chance.uniform(4.0, 7.0))
                desk.kill("worker")
            clients.wait()
        killed = time.monotonic()
        desk.start("worker", "worker", "--lease", LEASE)
        found = stored(desk, settled=trial.patience, forward=True)
        outcome = compare(ledger, found, recovery=time.monotonic() - killed)
    return each_once(outcome, ledger.acked, sink, found, in_doubt=trial.size)


def _start_all(desk: Desk, mail_port: int) -> None:
    desk.start("worker", "worker", "--lease", LEASE)
    desk.start("web", "web", "--fd", "{fd}")
    desk.start_mail(port=mail_port)
    desk.wait_until_ready()


def restart_the_database(trial: Trial) -> Outcome:
    """PostgreSQL is stopped without ceremony and started again, while clients open tickets. `size`: how often."""
    ledger, gone = trial.ledger(), []
    with trial.grounds.desk(broken=trial.broken) as desk:
        desk.start_web()
        port = desk.start_mail()
        desk.start("worker", "worker", "--lease", LEASE)
        works = [asking(desk.port, trial.grounds.token, ledger, f"r{trial.seed}-{n}") for n in range(CLIENTS - 1)]
        works += [mailing(port, numbered(f"i{trial.seed}", 100_000, pause=0.02), ledger)]
        with Clients(works) as clients:
            for _turn in range(trial.size):
                time.sleep(trial.chance.uniform(1.0, 3.0))
                ledger.wait_for(10)
                trial.grounds.crash_the_database()
                gone.append(time.monotonic())
            time.sleep(1)
            clients.stopping.set()
            clients.wait()
        outcome = compare(
            ledger, stored(desk, settled=trial.patience, forward=True), recovery=max(map(ledger.gap_after, gone))
        )
    if outcome.recovery > LONGEST_HEALING:
        outcome.faults.append(f"it took {outcome.recovery:.0f} s until a ticket could be opened again")
    return outcome


DRILLS = (
    Drill("DR1", kill_a_web_worker, "acknowledges_early", short=1, long=200),
    Drill("DR2", kill_the_task_worker, "forgets_the_dead", short=1, long=300),
    Drill("DR3", kill_everything, "acknowledges_early", short=1, long=100),
    Drill("DR10", restart_the_database, "says_yes_always", short=1, long=60, databases=("postgresql",)),
)
