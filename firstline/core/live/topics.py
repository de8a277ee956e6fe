"""What one may listen to. Rooms say so at start; what nobody has named cannot be listened to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

MaySubscribe = Callable[[Any, int | None], bool]

NAME = re.compile(r"([a-z_]{1,32})(?::([0-9]{1,18}))?")
MOST_TOPICS = 20  # of one stream


@dataclass(frozen=True, slots=True)
class Topic:
    """`ticket` (with an id: `ticket:42`) or `queue` (without), and who may hear of it."""

    name: str
    may_subscribe: MaySubscribe
    hears: frozenset[str] = frozenset()


_topics: dict[str, Topic] = {}
_harmless: set[str] = set()


def topic(name: str, may_subscribe: MaySubscribe, *, hears: Iterable[str] = ()) -> None:
    """Let people listen to `name:id`, or to `name` alone.

    `may_subscribe(person, id)` is asked at the beginning and again every few seconds. Every event about the noun of
    that name and id is news there. A topic without ids `hears` of all events about these nouns.
    """
    _topics[name] = Topic(name, may_subscribe, frozenset(hears))


def parse(text: str) -> list[str]:
    """The topics of `ticket:42,queue`. ValueError if there is none, too many, or one that does not exist."""
    names = list(dict.fromkeys(part for part in text.split(",") if part))
    if not 0 < len(names) <= MOST_TOPICS:
        raise ValueError("topics")
    for name in names:
        found = NAME.fullmatch(name)
        if found is None or found[1] not in _topics:
            raise ValueError("topics")
    return names


def is_allowed(person: Any, name: str) -> bool:
    """Whether this person may listen to the topic now."""
    kind, _, number = name.partition(":")
    found = _topics.get(kind)
    return found is not None and found.may_subscribe(person, int(number) if number else None)


def concerned_by(noun: str, number: int) -> list[str]:
    """The topics for which an event about this thing is news."""
    return [f"{noun}:{number}", *(each.name for each in _topics.values() if noun in each.hears)]


def harmless(*nouns: str) -> None:
    """Say that events about these nouns never change who may hear what, so that nobody's permission is asked again."""
    _harmless.update(nouns)


def is_topic(noun: str) -> bool:
    """Whether single things of this noun can be listened to."""
    return noun in _topics


def is_harmless(noun: str) -> bool:
    return noun in _harmless
