"""Conditions over answers with everything looked up, as plain JSON: read alike here and by `questions.js`.

    {"all": [{"answer": "program", "kind": "choice", "one_of": ["other"]}, {"not": …}]}

A leaf names the answer, its kind (text, number, day, choice, boolean) and one question: `missing`, `present`, `one_of`,
`contains`, `starts` or `between` ([[low, whether it counts, high, whether it counts], …], null for open). As in
core/conditions, a missing answer says no to everything but `missing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from firstline.core.text import fold

Rule = Mapping[str, Any]
Answers = Mapping[str, Any]


def holds(rule: Rule | None, answers: Answers) -> bool:
    """Whether the rule holds of these answers; no rule always does."""
    if rule is None:
        return True
    if "all" in rule:
        return all(holds(part, answers) for part in rule["all"])
    if "any" in rule:
        return any(holds(part, answers) for part in rule["any"])
    if "not" in rule:
        return not holds(rule["not"], answers)
    values = _seen(rule["kind"], answers.get(rule["answer"]))
    if "missing" in rule:
        return not values
    return any(_fits(rule, value) for value in values)


def asks_for(rule: Rule | None) -> set[str]:
    """The keys of the answers it looks at."""
    if rule is None:
        return set()
    if "not" in rule:
        return asks_for(rule["not"])
    parts = rule.get("all") or rule.get("any") or ()
    return {rule["answer"]} if "answer" in rule else set().union(*(asks_for(part) for part in parts))


def _fits(rule: Rule, value: Any) -> bool:
    if "one_of" in rule:
        return value in rule["one_of"]
    if "contains" in rule:
        return any(needle in value for needle in rule["contains"])
    if "starts" in rule:
        return any(value.startswith(needle) for needle in rule["starts"])
    if "between" in rule:
        return any(_between(value, *bounds) for bounds in rule["between"])
    return True  # present


def _between(value: Any, low: Any, low_in: bool, high: Any, high_in: bool) -> bool:
    above = low is None or (value >= low if low_in else value > low)
    return above and (high is None or (value <= high if high_in else value < high))


def _seen(kind: str, value: Any) -> Sequence[Any]:
    """What is compared; nothing for an answer of another kind."""
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str) and each] if kind == "choice" else []
    if kind == "boolean":
        return [value] if isinstance(value, bool) else []
    if kind == "number":
        return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []
    if not isinstance(value, str):
        return []
    seen = fold(value, collapse=True) if kind == "text" else value
    return [seen] if seen else []
