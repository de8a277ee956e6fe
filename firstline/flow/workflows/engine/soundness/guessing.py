"""The data of all runs at once: a value is chosen when a condition first asks for it, and each choice is followed.

Of fields with few values (choices, yes and no, numbers beside the numbers that conditions name) the conditions are
really asked, so what they exclude together is excluded. Any other condition may hold or not; it stays what it was
until somebody writes a field it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from firstline.flow.workflows.engine.definition import (
    Datum,
    Definition,
    ForEach,
    Language,
    Predicate,
    Step,
    Wait,
    all_steps,
)

GIVEN: Any = ("given",)  # stands for a value that was given at the start
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_ENUMERATED = ("choice", "yes_no", "number")
MOST_VALUES = 9  # of one field; conditions on fields with more are guessed as a whole


class Oracle:
    """Every choice is taken in turn: a run is repeated with another script until none is left."""

    def __init__(self) -> None:
        self.script: list[int] = []
        self.sizes: list[int] = []
        self.chosen: dict[str, Any] = {}

    def pick(self, key: str | None, options: Sequence[Any]) -> Any:
        """`key` None: nobody remembers it."""
        if key is not None and key in self.chosen:
            return self.chosen[key]
        number = len(self.sizes)
        self.sizes.append(len(options))
        if number == len(self.script):
            self.script.append(0)
        value = options[self.script[number]]
        if key is not None:
            self.chosen[key] = value
        return value

    def every[Result](self, attempt: Callable[[], Result]) -> Iterator[tuple[Result, dict[str, Any]]]:
        todo: list[list[int]] = [[]]
        while todo:
            begun = todo.pop()
            self.script, self.sizes, self.chosen = list(begun), [], {}
            result = attempt()
            script, sizes = self.script, self.sizes
            for place in range(len(sizes) - 1, len(begun) - 1, -1):
                todo += [[*script[:place], other] for other in range(sizes[place] - 1, 0, -1)]
            yield result, self.chosen


class Guessing:
    """The language of the definition, with an oracle for what is not known. It plugs into `compiled`."""

    def __init__(self, definition: Definition, language: Language | None, oracle: Oracle) -> None:
        self.language, self.oracle = language, oracle
        self.declared = {datum.key: datum for datum in definition.fields}
        self.asked = sorted({text for step in all_steps(definition.steps) for text in conditions(step)})
        self.reads: dict[str, frozenset[str]] = {}  # of each condition: the keys its answer depends on

    def problem(self, text: str, fields: Sequence[Datum]) -> str | None:
        return self.language.problem(text, fields) if self.language else None

    def predicate(self, text: str, fields: Sequence[Datum]) -> Predicate:
        known = {datum.key: datum for datum in fields}
        named = [key for key in known if _names(text, key)]
        values = {key: self.values(known[key]) for key in named}
        if self.language is None or not named or any(not options for options in values.values()):
            timely = any(known[key].type in ("date", "moment") for key in named)
            local = any(key not in self.declared and known[key].type == "text" for key in named)
            return self._guessed(text, named, remember=not (timely or local))
        self.reads[text] = frozenset(named)
        really = self.language.predicate(text, fields)
        return lambda seen, now: really(_Seen(seen, values, self.oracle), now)

    def _guessed(self, text: str, named: list[str], *, remember: bool) -> Predicate:
        key = f"?{text}" if remember else None
        self.reads[text] = frozenset({*named, f"?{text}"})

        def holds(seen: Mapping[str, Any], _now: datetime) -> bool:
            if key is not None and key in seen:
                return bool(seen[key])
            return bool(self.oracle.pick(key, (False, True)))

        return holds

    def values(self, datum: Datum) -> tuple[Any, ...]:
        """All that conditions can tell apart; nothing for what cannot be listed."""
        nothing = () if datum.required else (None,)
        match datum.type:
            case "choice":
                found: tuple[Any, ...] = tuple(choice.key for choice in datum.choices)
            case "yes_no":
                found = (True, False)
            case "number":
                limits = sorted(
                    {
                        float(number)
                        for text in self.asked
                        if _names(text, datum.key)
                        for number in _NUMBER.findall(text)
                    }
                )
                between = [(low + high) / 2 for low, high in pairwise(limits)]
                found = tuple(sorted({*limits, *between, limits[0] - 1, limits[-1] + 1})) if limits else (1.0,)
            case _:
                return ()
        return (*found, *nothing) if len(found) <= MOST_VALUES else ()

    def forgotten(self, data: Mapping[str, Any], written: frozenset[str]) -> dict[str, Any]:
        """The data after these fields were written with nobody knows what."""
        gone = {*written, *(f"?{text}" for text, keys in self.reads.items() if keys & written)}
        return {key: value for key, value in data.items() if key not in gone}


class _Seen(dict[str, Any]):
    """What a condition sees: outcomes as they are, other fields chosen when they are first looked at."""

    def __init__(self, seen: Mapping[str, Any], values: Mapping[str, Sequence[Any]], oracle: Oracle) -> None:
        super().__init__(seen)
        self.values_of, self.oracle = values, oracle

    def __getitem__(self, key: str) -> Any:
        found = super().get(key, GIVEN)
        if found is not GIVEN or key not in self.values_of:
            return None if found is GIVEN else found
        return None if key.endswith(".outcome") else self.oracle.pick(key, self.values_of[key])

    def get(self, key: str, default: Any = None) -> Any:
        found = self[key]
        return default if found is None else found


def conditions(step: Step) -> Iterator[str]:
    """Those that decide where a run goes."""
    yield from (edge.when for edge in step.next if edge.when)
    if isinstance(step, Wait) and step.when:
        yield step.when


def lists(definition: Definition) -> dict[str, tuple[Any, ...]]:
    """The fields that repetitions go over, and how long they may be."""
    found: dict[str, tuple[Any, ...]] = {}
    for step in all_steps(definition.steps):
        if isinstance(step, ForEach):
            root, *inner = step.over.split(".")
            most = min(step.enough or 0, 2) + 1 if step.enough else 1
            lengths: tuple[Any, ...] = tuple(["…"] * length for length in ((0, most) if most == 1 else (0, 1, most)))
            for name in reversed(inner):
                lengths = tuple({name: value} for value in lengths)
            found[root] = lengths
    return found


def _names(text: str, key: str) -> bool:
    return (
        re.search(rf"(?<![\w.-]){re.escape(key)}:", text) is not None
        or re.search(rf"(?:^|[\s(])-{re.escape(key)}:", text) is not None
    )
