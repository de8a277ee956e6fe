"""Ask a server and time it: one after the other, or from several clients at once."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.rig.wire import Wire

Ask = Callable[[], bytes]  # makes the bytes of the next request


@dataclass
class Times:
    """Seconds of each answer; `wrong` counts answers that were not the expected status."""

    taken: list[float] = field(default_factory=list)
    wrong: int = 0
    seconds: float = 0.0
    size: int = 0
    last_wrong: str = ""

    def add(self, other: Times) -> None:
        self.taken += other.taken
        self.wrong += other.wrong
        self.last_wrong = other.last_wrong or self.last_wrong

    @property
    def rate(self) -> float:
        return len(self.taken) / self.seconds if self.seconds else 0.0


def in_turn(targets: Mapping[str, tuple[int, Ask]], *, rounds: int, warm: int = 5) -> dict[str, Times]:
    """One client asks all targets in turn, so that whatever else the machine does, all suffer alike."""
    wires = {name: Wire(port) for name, (port, _ask) in targets.items()}
    times = {name: Times() for name in targets}
    for turn in range(-warm, rounds):
        for name, (_port, ask) in targets.items():
            _time(wires[name], ask, times[name] if turn >= 0 else Times(), expected=200)
    for wire in wires.values():
        wire.close()
    return times


def at_once(port: int, asks: Iterable[Ask], *, seconds: float, expected: int = 200) -> Times:
    """As many clients as there are `asks`, each asking again as soon as it is answered."""
    every = list(asks)
    found = [Times() for _ in every]
    begun = time.perf_counter()
    end = begun + seconds

    def client(ask: Ask, times: Times) -> None:
        with Wire(port) as wire:
            while time.perf_counter() < end:
                _time(wire, ask, times, expected=expected)

    threads = [threading.Thread(target=client, args=pair) for pair in zip(every, found, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Times(seconds=time.perf_counter() - begun)
    for times in found:
        whole.add(times)
        whole.size = times.size or whole.size
    return whole


def cycle(requests: Iterable[bytes]) -> Ask:
    """The same requests over and over."""
    endless = itertools.cycle(list(requests))
    return lambda: next(endless)


def _time(wire: Wire, ask: Ask, times: Times, *, expected: int) -> None:
    said = ask()
    begun = time.perf_counter()
    answer = wire.ask(said)
    taken = time.perf_counter() - begun
    if answer.status != expected:
        times.wrong += 1
        times.last_wrong = f"{answer.status} {answer.body[:200]!r}"
        wire.close()  # an error's body may come in pieces that are not read here
        return
    times.taken.append(taken)
    times.size = len(answer.body)
