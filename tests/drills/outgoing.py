"""Mail that leaves: a server that is away, an address that is wrong, and the moment in which nobody knows."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import suppress
from typing import Any

from tests.drills.checker import Outcome, compare, each_once
from tests.drills.clients import Clients, asking, mailing, numbered
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored
from tests.drills.kills import LEASE
from tests.drills.sink import Mood, Sink
from tests.rig.desk import Desk
from tests.rig.wire import Wire, request

AWAY = 4 * 3600  # seconds that the other server is away, by the clock of the mails that wait
MOST_TRIES = 24  # for one mail in those four hours
BAD_MOODS: tuple[Mood, ...] = ("refuses", "later", "drops", "greylists")


def kill_while_sending(trial: Trial) -> Outcome:
    """The worker dies between the other server's 250 and our commit. `size`: how often."""
    ledger = trial.ledger()
    left = trial.size

    def kill(_recipient: str) -> None:
        nonlocal left
        if left:
            left -= 1
            desk.kill("worker")
            desk.start("worker", "worker", "--lease", LEASE)

    keys = [f"s{trial.seed}-{number}" for number in range(trial.size * 2)]
    with Sink(at_each=kill) as sink, trial.grounds.desk(broken=trial.broken, FIRSTLINE_SMTP=sink.url) as desk:
        port = desk.start_mail()
        with Clients([mailing(port, numbered(f"s{trial.seed}", len(keys)), ledger)]) as clients:
            clients.wait()
        begun = time.monotonic()
        desk.start("worker", "worker", "--lease", LEASE)
        _until(lambda: not left, seconds=60)
        found = stored(desk, settled=max(trial.patience, 30), forward=True)
        outcome = compare(ledger, found, recovery=time.monotonic() - begun)
    return each_once(outcome, keys, sink, found, in_doubt=trial.size, must_double=True)


def freeze_and_wake(trial: Trial) -> Outcome:
    """A worker is frozen while it sends; another takes over; the first wakes up and must not go on. `size`: mails."""
    ledger = trial.ledger()
    frozen: list[int] = []

    def freeze(_recipient: str) -> None:
        if not frozen:
            frozen.append(desk.processes["first"].pid)
            os.killpg(frozen[0], signal.SIGSTOP)

    keys = [f"z{trial.seed}-{number}" for number in range(trial.size)]
    with Sink(at_each=freeze) as sink, trial.grounds.desk(broken=trial.broken, FIRSTLINE_SMTP=sink.url) as desk:
        port = desk.start_mail()
        with Clients([mailing(port, numbered(f"z{trial.seed}", trial.size), ledger)]) as clients:
            clients.wait()
        desk.python("firstline", "worker", "--until-idle")  # all receipts are written, none is sent
        desk.start("first", "worker", "--lease", LEASE)
        _until(lambda: frozen, seconds=60)
        begun = time.monotonic()
        desk.start("second", "worker", "--lease", LEASE)
        _until(lambda: sink.count >= trial.size, seconds=30)
        recovery = time.monotonic() - begun
        with suppress(IndexError, ProcessLookupError):
            os.killpg(frozen[0], signal.SIGCONT)
        time.sleep(1.5)
        found = stored(desk, settled=max(trial.patience, 30), forward=True)
        outcome = compare(ledger, found, recovery=recovery)
    return each_once(outcome, keys, sink, found, in_doubt=1)


def start_two_schedulers(trial: Trial) -> Outcome:
    """Two workers are started where there should be one. `size`: mails, whose receipts must leave once."""
    ledger = trial.ledger()
    keys = [f"t{trial.seed}-{number}" for number in range(trial.size)]
    with Sink() as sink, trial.grounds.desk(broken=trial.broken, FIRSTLINE_SMTP=sink.url) as desk:
        port = desk.start_mail()
        for name in ("worker 1", "worker 2"):
            desk.start(name, "worker")
        with Clients([mailing(port, numbered(f"t{trial.seed}", trial.size), ledger)]) as clients:
            clients.wait()
        begun = time.monotonic()
        found = stored(desk, settled=trial.patience)
        outcome = compare(ledger, found, recovery=time.monotonic() - begun)
        time.sleep(1)
    return each_once(outcome, keys, sink, found, in_doubt=0)


def be_away(trial: Trial) -> Outcome:
    """The other server is away for four hours, in four manners; time is moved on, not waited. `size`: tickets."""
    ledger = trial.ledger()
    with Sink() as sink, trial.grounds.desk(broken=trial.broken, FIRSTLINE_SMTP=sink.url) as desk:
        sink.turn("refuses")
        desk.start_web()
        works = [asking(desk.port, trial.grounds.token, ledger, f"y{trial.seed}", answering=True, count=trial.size)]
        with Clients(works) as clients:
            clients.wait()
        desk.start("worker", "worker", "--lease", LEASE)
        step = AWAY // len(BAD_MOODS) // 2
        before = 0
        for mood in BAD_MOODS:
            if mood == "greylists":  # it takes them the second time
                before = sink.count
            sink.turn(mood)
            for _half in range(2):
                time.sleep(0.8)
                _pass(desk, step)
        sink.turn("good")
        begun = time.monotonic()
        for _hour in range(6):
            found = stored(desk, later=3600)
            if _until(lambda: not _waiting(desk), seconds=3):
                break
        found = stored(desk, settled=trial.patience)
        outcome = compare(ledger, found, recovery=time.monotonic() - begun, said=2)
    outcome.faults += [] if before < len(found["outgoing"]) else ["nothing was left to be sent, so nothing was shown"]
    most = max((attempts for *_mail, attempts in found["outgoing"]), default=0)
    if most > MOST_TRIES:
        outcome.faults.append(f"a mail was tried {most} times")
    for to in {mail[0] for mail in found["outgoing"]}:
        if sink.got.get(to, []) != [name for other, name, *_rest in found["outgoing"] if other == to]:
            outcome.faults.append(f"{to} did not get each mail once and in order")
    recipients = [f"{key}@drill.example" for key in ledger.acked]
    outcome.lost += sum(1 for to in recipients if not sink.got.get(to))
    return outcome


def refuse_one_of_ten(trial: Trial) -> Outcome:
    """An answer goes to ten people: one address is unknown there, one cannot be written to. `size`: answers."""
    ledger, outcome = trial.ledger(), Outcome()
    with Sink() as sink, trial.grounds.desk(broken=trial.broken, FIRSTLINE_SMTP=sink.url) as desk:
        desk.start_web()
        people = [f"p{number}-{trial.seed}@drill.example" for number in range(9)]
        people.insert(4, f"odd-{trial.seed}@drïll.example")  # the name of the machine is not ASCII
        sink.unknown.add(people[2])
        with Wire(desk.port) as wire:
            numbers = [_ask(trial, wire, "", {"subject": to, "text": "x", "requester": to})["number"] for to in people]
            for to in people[1:]:
                _ask(trial, wire, f"/{numbers[0]}/add-participant", {"person": to, "role": "cc"}, expected=200)
            for turn in range(trial.size):
                key = f"answer-{turn}"
                ledger.invoke(key)
                _ask(trial, wire, f"/{numbers[0]}/messages", {"text": key, "visibility": "public"})
                ledger.ok(key)
        begun = time.monotonic()
        desk.start("worker", "worker", "--lease", LEASE)
        _until(lambda: all(len(sink.got[to]) >= trial.size for to in _reachable(people)), seconds=20)
        outcome.recovery = time.monotonic() - begun
        for _hour in range(2):
            time.sleep(0.7)
            _pass(desk, 3600)
        time.sleep(0.7)
        found = stored(desk)
    outcome.acked = len(ledger.acked) * len(_reachable(people))
    for to in _reachable(people):
        outcome.lost += max(0, trial.size - len(sink.got[to]))
        outcome.duplicated += max(0, len(sink.got[to]) - trial.size)
    states = {mail[0]: mail[2] for mail in found["outgoing"]}
    if states.get(people[2]) != "failed":
        outcome.faults.append(f"the mail to the unknown address is not given up but {states.get(people[2])}")
    odd = next((state for to, state in states.items() if to.startswith("odd-")), "")
    if odd not in {"sent", "failed"}:
        outcome.faults.append(f"the mail that cannot be sent is {odd}, and nobody hears of it")
    outcome.faults += found["faults"]
    return outcome


def _reachable(people: list[str]) -> list[str]:
    return [to for place, to in enumerate(people) if place not in {2, 4}]


def _ask(trial: Trial, wire: Wire, path: str, said: dict[str, Any], *, expected: int = 201) -> dict[str, Any]:
    answer = wire.ask(
        request(
            "POST", f"/api/v1/tickets{path}", body=json.dumps(said).encode(), content_type="application/json",
            authorization=f"Bearer {trial.grounds.token}",
        )
    )  # fmt: skip
    if answer.status != expected:
        raise RuntimeError(f"{path}: {answer.status} {answer.body.decode()[:300]}")
    found: dict[str, Any] = json.loads(answer.body)
    return found


def _pass(desk: Desk, seconds: int) -> None:
    stored(desk, later=seconds)


def _waiting(desk: Desk) -> int:
    return sum(1 for _to, _name, state, *_rest in stored(desk)["outgoing"] if state in {"waiting", "sending"})


def _until(is_so: Any, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


DRILLS = (
    Drill("DR14", freeze_and_wake, "knows_no_leader", short=6, long=15, control_size=6),
    Drill("DR21", be_away, "gives_up_soon", short=4, long=2_000, control_size=4),
    Drill("DR23", refuse_one_of_ten, "sends_to_all_again", short=1, long=100),
    Drill("DR24", kill_while_sending, "renames_what_it_resends", short=2, long=200, control_size=2),
    Drill("DR37", start_two_schedulers, "knows_no_leader", short=8, long=500, control_size=8),
)
