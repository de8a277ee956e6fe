"""When several are asked at one step: whether enough have answered, and what their answers say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def needed(needs: str, asked: int) -> int:
    """How many must answer of so many who are asked. A number that is too high means all of them."""
    if needs == "any":
        return 1
    return asked if needs == "all" else min(int(needs), asked)


def verdict(outcomes: Sequence[str], said: Sequence[str], *, need: int, asked: int) -> str | None:
    """The outcome of the step; None while somebody is still waited for.

    As soon as `need` of them have said the same, that is it. When everybody has answered and no answer came so often,
    the first outcome (the good one, as it is listed) was not reached: of the others the one that most have said,
    between equals the one listed last.
    """
    counts = Counter(said)
    for outcome in outcomes:
        if counts[outcome] >= need:
            return outcome
    if len(said) < asked:
        return None
    others = outcomes[1:] or outcomes
    return max(others, key=lambda outcome: (counts[outcome], others.index(outcome)))
