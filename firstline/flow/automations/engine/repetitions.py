"""Counting what is done again and again: plain arithmetic over tickets and what people did to them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

type Fact = tuple[str, Hashable]
type Facts = frozenset[Fact]

LEAST_TIMES, LEAST_SHARE = 10, 0.8


@dataclass(frozen=True, slots=True)
class Repetition:
    """On `times` of `alike` tickets with these facts, `people` different people did the same."""

    facts: Facts
    deed: tuple[str, Hashable]
    times: int
    alike: int
    people: int


def repetitions(
    tickets: Mapping[int, Mapping[str, Hashable]], deeds: Iterable[tuple[int, int, str, Hashable]], *,
    least: int = LEAST_TIMES, share: float = LEAST_SHARE,
) -> list[Repetition]:  # fmt: skip
    """`tickets`: what is known of each; `deeds`: ticket, person, what, value. The most frequent first.

    Asked of one fact alone and of one fact with the kind of ticket; where fewer facts say the same, more are not told.
    A ticket counts once for each deed, whoever did it how often.
    """
    of = {number: _combinations(facts) for number, facts in tickets.items()}
    alike: dict[Facts, int] = {}
    for combinations in of.values():
        for each in combinations:
            alike[each] = alike.get(each, 0) + 1
    done: dict[tuple[Facts, tuple[str, Hashable]], set[int]] = {}
    who: dict[tuple[Facts, tuple[str, Hashable]], set[int]] = {}
    for ticket, person, what, value in deeds:
        for facts in of.get(ticket, ()):
            key = (facts, (what, value))
            done.setdefault(key, set()).add(ticket)
            who.setdefault(key, set()).add(person)
    found = [
        Repetition(facts, deed, len(numbers), alike[facts], len(who[facts, deed]))
        for (facts, deed), numbers in done.items()
        if len(numbers) >= least and len(numbers) >= share * alike[facts]
    ]
    known = {(each.facts, each.deed) for each in found}
    plain = [
        each
        for each in found
        if not any((smaller, each.deed) in known for smaller in (each.facts - {fact} for fact in each.facts) if smaller)
    ]
    return sorted(plain, key=lambda each: (-each.times, len(each.facts), str(sorted(map(str, each.facts)))))


def _combinations(facts: Mapping[str, Hashable]) -> list[Facts]:
    known = {name: value for name, value in facts.items() if value not in (None, "")}
    single = [(name, value) for name, value in known.items() if name != "kind"]
    found = [frozenset({fact}) for fact in single]
    if "kind" in known:
        found += [frozenset({fact, ("kind", known["kind"])}) for fact in single]
    return found
