"""Compare what the clients were told with what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.drills.ledger import Ledger
from tests.drills.sink import Sink


@dataclass
class Outcome:
    """One run of a drill; `faults` are sentences about anything else that must not be."""

    acked: int = 0
    lost: int = 0
    duplicated: int = 0
    phantom: int = 0
    recovery: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def has_held(self) -> bool:
        return not (self.lost or self.duplicated or self.phantom or self.faults)

    @property
    def verdict(self) -> str:
        return "held" if self.has_held else "BROKEN"

    def line(self, name: str, seed: int) -> str:
        words = f"{name} seed {seed}: {self.acked:,} acked, {self.lost} lost, {self.duplicated} duplicated"
        phantom = f", {self.phantom} phantom" if self.phantom else ""
        return f"{words}{phantom}, {self.recovery:.1f} s recovery"


def compare(ledger: Ledger, found: dict[str, Any], *, recovery: float = 0.0, said: int = 1) -> Outcome:
    """Every acknowledged key is one ticket with at most `said` messages, and there is none that nobody asked for."""
    tickets, messages = found["tickets"], found["messages"]
    lost = [key for key in ledger.acked if not tickets.get(key) or not messages.get(key)]
    outcome = Outcome(
        acked=len(ledger.acked),
        lost=len(lost),
        duplicated=sum(
            max(tickets[key], messages.get(key, 1) - said + 1) - 1 for key in tickets if key in ledger.invoked
        ),
        phantom=sum(1 for key in tickets if key not in ledger.invoked),
        recovery=recovery,
        faults=[*ledger.faults[:5], *found["faults"]],
    )
    if not ledger.acked:
        outcome.faults.append("nothing was acknowledged, so nothing was shown")
    if half := [key for key in tickets if not messages.get(key)]:
        outcome.faults.append(f"{len(half)} tickets without their words, such as {half[0]}")
    if not found["settled"]:
        outcome.faults.append(f"the work did not end: {found['jobs']}, mails {found['mail']}")
    return outcome


def each_once(
    outcome: Outcome,
    keys: Iterable[str],
    sink: Sink,
    found: dict[str, Any],
    *,
    in_doubt: int,
    must_double: bool = False,
) -> Outcome:
    """A second copy is allowed `in_doubt` times, if it has the same Message-ID and is listed as in doubt (P3)."""
    doubted = {to for to, _name, _state, is_doubted, _attempts in found["outgoing"] if is_doubted}
    twice = {to: names for to, names in sink.got.items() if len(names) > 1}
    allowed = {to for to, names in twice.items() if len(set(names)) == 1 and to in doubted}
    outcome.duplicated += sum(len(names) - 1 for to, names in twice.items() if to not in allowed)
    outcome.lost += sum(1 for key in keys if not sink.got.get(f"{key}@drill.example"))
    if len(allowed) > in_doubt:
        outcome.faults.append(f"{len(allowed)} mails were sent twice, {in_doubt} may be")
    if must_double and not twice:
        outcome.faults.append("no kill has hit the moment, so nothing was shown")
    return outcome
