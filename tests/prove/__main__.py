"""`bin/prove`: measure, break, read real mail, try what must not be possible: under 15 minutes on two cores."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime

import click

from tests.plugins.acceptance import NOTES
from tests.prove.card import Card
from tests.prove.parts import CACHE, parts
from tests.rig import machine
from tests.rig.desk import ROOT

NAMES = ("bench", "mail", "drills", "rights", "browser", "attacks", "abuse")


@click.command()
@click.option("--seed", type=int, help="Of drills and of made-up values; without it, one by chance.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="One part; may be given several times.")
@click.option("--minutes", default=15.0, show_default=True, help="What is not done by then is told as not run.")
def prove(seed: int | None, only: tuple[str, ...], minutes: float) -> None:
    """Run the short form of every proof, and print one scorecard. Ends with 1 if a part has failed."""
    seed = seed if seed is not None else random.randrange(1_000_000)
    CACHE.mkdir(parents=True, exist_ok=True)
    if not only:
        NOTES.unlink(missing_ok=True)  # only tests of this run count for what is shown
    card, begun = Card(seed, datetime.now(UTC).isoformat(timespec="minutes")), time.monotonic()
    print(f"{card.machine}; load {card.load_before:.1f}; seed {seed}\n", flush=True)
    for part in parts(seed):
        if only and part.name not in only:
            continue
        print(f"{part.name:<11} …", flush=True)
        result = part.run(minutes * 60 - (time.monotonic() - begun))
        card.results.append(result)
        print(f"{part.name:<11} {result.state}, {result.seconds:.0f} s", flush=True)
    card.minutes, card.load_after = (time.monotonic() - begun) / 60, machine.load()
    card.write(CACHE)
    print(f"\n{card.text()}\n\nAlso in {CACHE.relative_to(ROOT)}: scorecard.md, scorecard.json, and a log of each part")
    sys.exit(0 if card.has_held else 1)


if __name__ == "__main__":
    prove()
