"""What waits for what, as pairs (who waits, for whom)."""

from __future__ import annotations

from collections.abc import Iterable


def reached(pairs: Iterable[tuple[int, int]], start: Iterable[int]) -> set[int]:
    """Everything that `start` waits for, directly or through others, itself included. Circles do no harm."""
    ways: dict[int, list[int]] = {}
    for source, target in pairs:
        ways.setdefault(source, []).append(target)
    seen = set(start)
    frontier = list(seen)
    while frontier:
        new = [each for each in ways.get(frontier.pop(), ()) if each not in seen]
        seen.update(new)
        frontier += new
    return seen
