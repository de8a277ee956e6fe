"""What a drill is, and the list of them."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from tests.drills.checker import Outcome
from tests.drills.grounds import Grounds
from tests.drills.ledger import Ledger

CONTROL_THROWS = 4


@dataclass
class Trial:
    """One run: where, with which seed, how large, and what is wrong with the desk on purpose."""

    grounds: Grounds
    seed: int
    size: int
    broken: str = ""
    patience: float = 120  # seconds the work may take to end
    _ledgers: int = field(default=0, init=False)

    @cached_property
    def chance(self) -> random.Random:
        return random.Random(self.seed)

    def ledger(self) -> Ledger:
        self._ledgers += 1
        return Ledger(self.grounds.folder / f"ledger-{self.seed}-{self.broken or 'right'}-{self._ledgers}")


@dataclass(frozen=True, slots=True)
class Drill:
    """`size` means what the drill says in its first line; `control` is the mistake it must find."""

    name: str
    run: Callable[[Trial], Outcome]
    control: str
    short: int
    long: int
    control_size: int = 1  # what the mistake needs to show itself
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    missing: Callable[[], str] = str  # what this machine lacks for it, as a sentence

    @property
    def control_words(self) -> str:
        return self.control.partition(":")[0].replace("_", " ")

    @property
    def what(self) -> str:
        return (self.run.__doc__ or "").splitlines()[0]


def drills() -> dict[str, Drill]:
    """By name, in the order of their numbers."""
    from tests.drills import (
        backups,
        courses_killed,
        disks,
        fetching,
        kills,
        mail,
        memory,
        outgoing,
        power,
        versions,
        writers,
    )

    modules = (kills, power, disks, writers, mail, memory, fetching, outgoing, backups, courses_killed, versions)
    found = [drill for module in modules for drill in module.DRILLS]
    return {drill.name: drill for drill in sorted(found, key=lambda drill: int(drill.name[2:]))}


@dataclass
class Finding:
    """What a drill found, at the desk as it is and at the one that is wrong on purpose."""

    drill: Drill
    seed: int
    outcome: Outcome | None = None  # None: it could not run
    control: Outcome | None = None
    lacking: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        if self.outcome is None:
            return True
        return self.outcome.has_held and (self.control is None or not self.control.has_held)

    @property
    def line(self) -> str:
        if self.outcome is None:
            return f"{self.drill.name} not run: {self.lacking}"
        if self.control is None:
            control = "control not run"
        else:
            control = "control failed as it must" if not self.control.has_held else "CONTROL DID NOT FAIL"
        verdict = self.outcome.verdict if self.is_good or not self.outcome.has_held else "SHOWS NOTHING"
        return f"{self.outcome.line(self.drill.name, self.seed)}, {control}: {verdict}"


def carry_out(drill: Drill, grounds: Grounds, seed: int, size: int, *, with_control: bool = True) -> Finding:
    """Break the desk as it is, then one that is wrong on purpose."""
    finding, begun = Finding(drill, seed), time.monotonic()
    finding.lacking = drill.missing()
    if not finding.lacking:
        finding.outcome = _carried_out(drill, Trial(grounds, seed, size))
        if with_control:
            few = min(size, max(drill.short, drill.control_size))
            # A mistake that only a lucky blow brings to light gets several, each with dice of its own.
            for throw in range(CONTROL_THROWS):
                trial = Trial(grounds, seed + throw, few, broken=drill.control, patience=12)
                finding.control = _carried_out(drill, trial)
                if not finding.control.has_held:
                    break
    finding.seconds = time.monotonic() - begun
    return finding


def _carried_out(drill: Drill, trial: Trial) -> Outcome:
    try:
        return drill.run(trial)
    except Exception as error:  # one drill that ends in an error must not hide the others
        if trial.broken:  # that is no proof that the mistake was found
            traceback.print_exc()
            return Outcome()
        return Outcome(faults=[f"{type(error).__name__}: {error}"])
