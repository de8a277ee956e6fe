"""How long the ways through a definition take: the longest that everybody in time may need, and what to expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .definition import Approval, Definition, Duration, ForEach, Parallel, Start, Step, Wait, duration

#: Measured minutes of a step, if anybody measured.
type Measured = Callable[[Step], float | None]

DAY = 480.0  # minutes of work in a day that is worked
_WORKED = 5 / 7  # of all days


def working_minutes(span: Duration | None) -> float:
    """Elapsed days become the share of them that is worked; hours of one day are worked as far as a day goes."""
    if span is None:
        return 0.0
    if span.days:
        return span.days * DAY
    if span.working:
        return span.seconds / 60
    days, rest = divmod(span.seconds / 60, 1440)
    return days * DAY * _WORKED + min(rest, DAY)


def minutes(text: str | None) -> float:
    return working_minutes(duration(text)) if text else 0.0


def allowed(step: Step) -> float:
    """Working minutes this step may take when everybody is in time; 0 when nobody said."""
    if isinstance(step, ForEach):
        return max(minutes(step.due), longest(step.steps)[0])
    spans = [minutes(step.due)]
    if isinstance(step, Wait) and step.until == "time":
        spans.append(minutes(step.span))
    elif isinstance(step, Approval) and not step.due:
        spans.append(minutes(step.expires))
    return max(spans)


@dataclass(frozen=True, slots=True)
class Way:
    """From one step to the next; `after`: minutes when a timer leads there, None when it is done in time."""

    to: str
    after: float | None = None


def ways(step: Step) -> Iterator[Way]:
    yield from (Way(edge.to) for edge in step.next)
    yield from (Way(timer.to, minutes(timer.after)) for timer in step.timers if timer.to is not None)
    yield from (Way(failure.to) for failure in step.on_error)


def hoped(step: Step) -> Iterator[Way]:
    """Without those that are gone only when something fails."""
    yield from list(ways(step))[: -len(step.on_error) or None]


def firsts(steps: Sequence[Step]) -> list[Step]:
    starts: list[Step] = [step for step in steps if isinstance(step, Start)]
    entered = {way.to for step in steps for way in ways(step)}
    return starts or [step for step in steps if step.id not in entered][:1]


def forward(steps: Sequence[Step]) -> dict[str, list[Way]]:
    """The ways that do not lead back: in a loop, only those that lead away from the start. Free of circles."""
    by_id = {step.id: step for step in steps}
    far = {step.id: 0 for step in firsts(steps)}
    todo = list(far)
    for name in todo:
        for way in ways(by_id[name]):
            if way.to in by_id and way.to not in far:
                far[way.to] = far[name] + 1
                todo.append(way.to)
    loop = {name: number for number, circle in enumerate(circles(steps)) for name in circle}
    return {
        name: [
            way
            for way in ways(by_id[name])
            if way.to in by_id and (loop.get(name, -1) != loop.get(way.to, -2) or far[way.to] > far[name])
        ]
        for name in far
    }


def longest(steps: Sequence[Step]) -> tuple[float, tuple[str, ...]]:
    """Working minutes of the longest chain, and its steps."""
    by_id = {step.id: step for step in steps}
    after = forward(steps)
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    for name in _last_first(after):
        mine = allowed(by_id[name])
        chains = [
            ((mine if way.after is None else way.after) + best[way.to][0], (name, *best[way.to][1]))
            for way in after[name]
        ]
        best[name] = max(chains, key=lambda chain: chain[0], default=(mine, (name,)))
    return max((best[first.id] for first in firsts(steps)), key=lambda chain: chain[0], default=(0.0, ()))


def expected(definition: Definition, measured: Measured | None = None) -> float:
    """Working minutes a run is likely to wait: every way is as likely as any other, branches side by side overlap."""
    return _expected(definition.steps, measured)


def _expected(steps: Sequence[Step], measured: Measured | None) -> float:
    by_id = {step.id: step for step in steps}
    after = {name: [way for way in found if way.after is None] for name, found in forward(steps).items()}
    likely: dict[str, float] = {}
    for name in _last_first(forward(steps)):
        step = by_id[name]
        known = measured(step) if measured else None
        mine = known if known is not None else _expected(step.steps, measured) if isinstance(step, ForEach) else None
        behind = [likely[way.to] for way in after[name]]
        rest = (max(behind) if isinstance(step, Parallel) else sum(behind) / len(behind)) if behind else 0.0
        likely[name] = (allowed(step) if mine is None else mine) + rest
    return max((likely[first.id] for first in firsts(steps)), default=0.0)


def _last_first(after: dict[str, list[Way]]) -> list[str]:
    done: dict[str, None] = {}
    for first in after:
        todo = [(first, iter(after[first]))]
        while todo:
            name, left = todo[-1]
            way = next((way for way in left if way.to not in done), None)
            if way is None:
                done[name] = None
                todo.pop()
            else:
                todo.append((way.to, iter(after[way.to])))
    return list(done)


def circles(steps: Sequence[Step], ways_of: Callable[[Step], Iterator[Way]] = ways) -> list[list[str]]:
    """The loops: groups of steps that lead to each other, in the order of the definition."""
    by_id = {step.id: step for step in steps}
    reach: dict[str, set[str]] = {}
    for step in steps:
        seen: set[str] = set()
        todo = [way.to for way in ways_of(step)]
        while todo:
            name = todo.pop()
            if name in by_id and name not in seen:
                seen.add(name)
                todo += [way.to for way in ways_of(by_id[name])]
        reach[step.id] = seen
    found: list[list[str]] = []
    for step in steps:
        if step.id in reach[step.id] and not any(step.id in circle for circle in found):
            found.append([name for name in reach if name in reach[step.id] and step.id in reach[name]])
    return found
