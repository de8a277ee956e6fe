"""`bin/drill`: break the real processes, count what was lost or doubled, and show that each drill can fail."""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from pathlib import Path

import click

from tests.drills.drill import Drill, Finding, carry_out, drills
from tests.drills.grounds import Grounds
from tests.rig import machine


@click.command()
@click.argument("names", nargs=-1, metavar="[DR1 DR3 …]")
@click.option("--short/--long", default=True, help="A few seconds each, as in bin/test; or hours, as before a release.")
@click.option(
    "--db",
    type=click.Choice(["sqlite", "postgresql", "both"]),
    default="sqlite",
    show_default=True,
    help="A drill that is about one of them runs there in any case.",
)
@click.option("--size", type=int, help="How many kills, mails or backups; `list` tells what is counted.")
@click.option("--seed", type=int, help="The same seed makes the same choices.")
@click.option("--cold", is_flag=True, help="Start each process anew, as --long does, not from a warm one.")
@click.option("--no-control", is_flag=True, help="Leave out the desks that are wrong on purpose.")
@click.option("--for", "most", type=float, help="In an order of the seed; after so many seconds none is begun.")
@click.option("--json", "report", type=click.Path(path_type=Path), help="Write the findings there, too.")
def drill(
    names: tuple[str, ...], db: str, short: bool, size: int | None, seed: int | None, cold: bool, no_control: bool,
    most: float | None, report: Path | None,
) -> None:  # fmt: skip
    """Run all drills, or those named. `bin/drill list` says what there is."""
    known = drills()
    if names == ("list",):
        for one in known.values():
            print(f"{one.name:<5} {one.what} Control: {one.control_words}.")
        return
    if unknown := set(names) - set(known):
        raise click.UsageError(f"There is no drill {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing of ours stays behind
    seed = seed if seed is not None else random.randrange(1_000_000)
    print(f"{machine.describe()}; load {machine.load():.1f}")
    findings: list[tuple[str, Finding]] = []
    until = time.monotonic() + (most or 10**9)
    not_begun: list[str] = []
    for kind in ("sqlite", "postgresql"):
        chosen = [one for one in known.values() if (one.name in names or not names) and _belongs(one, kind, db)]
        if not chosen:
            continue
        if most:
            random.Random(seed).shuffle(chosen)
        print(f"\n{kind}")
        with Grounds(kind, warm=short and not cold) as grounds:
            for one in chosen:
                if time.monotonic() > until:
                    not_begun.append(one.name)
                    continue
                found = carry_out(
                    one, grounds, seed, size or (one.short if short else one.long), with_control=not no_control
                )
                findings.append((kind, found))
                _tell(found)
    if not_begun:
        print(f"\nno time was left for {', '.join(not_begun)}")
    if report:
        report.write_text(json.dumps([_row(kind, found) for kind, found in findings], indent=1))
    sys.exit(0 if all(found.is_good for _kind, found in findings) else 1)


def _belongs(one: Drill, kind: str, db: str) -> bool:
    return kind in one.databases and (db in (kind, "both") or len(one.databases) == 1)


def _tell(found: Finding) -> None:
    print(f"{found.line} ({found.seconds:.0f} s)", flush=True)
    for fault in found.outcome.faults if found.outcome else []:
        print(f"      {fault}")
    if found.control is not None:
        control = found.control
        words = f"{control.acked:,} acked, {control.lost} lost, {control.duplicated} duplicated"
        first = f"; {control.faults[0][:150]}" if control.faults else ""
        print(f"      control “{found.drill.control_words}”: {words}{first}", flush=True)


def _row(kind: str, found: Finding) -> dict[str, object]:
    return {
        "drill": found.drill.name, "database": kind, "seed": found.seed, "line": found.line, "good": found.is_good,
        "ran": found.outcome is not None, "seconds": round(found.seconds, 1), "what": found.drill.what,
        "faults": found.outcome.faults if found.outcome else [],
    }  # fmt: skip


if __name__ == "__main__":
    drill()
