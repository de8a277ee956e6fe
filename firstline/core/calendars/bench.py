"""How fast working time is computed: `python -m firstline.core.calendars.bench`. Peers are asked if installed."""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .engine.hours import Hours, spans
from .engine.working import working_time

NUMBER = 200_000
AMOUNT = timedelta(minutes=480)


def main() -> None:
    """Print operations per second of processor time, best of five."""
    day = spans([["09:00", "12:30"], ["13:30", "18:00"]])
    berlin = working_time(Hours("Europe/Berlin", (day,) * 5 + ((), ())))
    chance = random.Random(1)  # noqa: S311 -- the same moments in every run
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    moments = [begin + timedelta(seconds=chance.randrange(3 * 365 * 86_400)) for _ in range(NUMBER)]
    questions: dict[str, Callable[[datetime], object]] = {
        "add 480 minutes": lambda at, add=berlin.add: add(at, AMOUNT),  # type: ignore[misc]
        "subtract 480 minutes": lambda at, subtract=berlin.subtract: subtract(at, AMOUNT),  # type: ignore[misc]
        "between": lambda at, between=berlin.between: between(begin, at),  # type: ignore[misc]
        "is open": berlin.is_open,
    }
    for name, ask in questions.items():
        say(name, measure(ask, moments))
    if importlib.util.find_spec("businesstimedelta"):
        say("businesstimedelta: add", measure(_peer(), moments[:2000]))


def measure(ask: Callable[[datetime], object], moments: list[datetime]) -> float:
    best = 0.0
    for _round in range(5):
        begun = time.process_time()
        for at in moments:
            ask(at)
        best = max(best, len(moments) / (time.process_time() - begun))
    return best


def say(name: str, speed: float) -> None:
    sys.stdout.write(f"{name:24} {speed:>10,.0f} a second\n")


def _peer() -> Callable[[datetime], object]:
    import businesstimedelta as peer  # type: ignore[import-not-found] # noqa: PLC0415 -- optional dependency
    import pytz  # type: ignore[import-untyped] # noqa: PLC0415 -- optional dependency

    hours = peer.WorkDayRule(
        start_time=datetime(2024, 1, 1, 9).time(),  # noqa: DTZ001 -- a time of day
        end_time=datetime(2024, 1, 1, 18).time(),  # noqa: DTZ001 -- a time of day
        working_days=[0, 1, 2, 3, 4],
        tz=pytz.timezone("Europe/Berlin"),
    )
    amount = peer.BusinessTimeDelta(peer.Rules([hours]), hours=8)
    return lambda at: at + amount


if __name__ == "__main__":
    main()
