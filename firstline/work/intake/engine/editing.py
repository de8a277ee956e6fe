"""What the builder does to a form: each verb takes the questions and gives them back changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from firstline.core.text import fold

from .questions import Question, find, walk

Questions = tuple[Question, ...]


def add(questions: Questions, new: Question, *, after: str = "", inside: str = "") -> Questions:
    """After the question of that key, else at the end; `inside` a table."""
    if inside:
        return _within(questions, inside, lambda row: add(row, new, after=after))
    place = next((at + 1 for at, each in enumerate(questions) if each.key == after), len(questions))
    return (*questions[:place], new, *questions[place:])


def change(questions: Questions, key: str, new: Question) -> Questions:
    return _each(questions, lambda each: new if each.key == key else each)


def move(questions: Questions, key: str, to: int) -> Questions:
    """To this place (from 0) of the list it stands in."""
    if all(each.key != key for each in questions):
        return _each(questions, lambda each: replace(each, questions=move(each.questions, key, to)))
    moved = next(each for each in questions if each.key == key)
    rest = [each for each in questions if each.key != key]
    rest.insert(max(0, min(to, len(rest))), moved)
    return tuple(rest)


def place_of(questions: Questions, key: str) -> int:
    """Where it stands in its list; -1 if nowhere."""
    for at, each in enumerate(questions):
        if each.key == key:
            return at
        if each.questions and (inner := place_of(each.questions, key)) >= 0:
            return inner
    return -1


def remove(questions: Questions, key: str) -> Questions:
    return tuple(
        replace(each, questions=remove(each.questions, key)) if each.questions else each
        for each in questions
        if each.key != key
    )


def duplicate(questions: Questions, key: str) -> Questions:
    """A copy right behind it, with keys of its own."""
    found = find(questions, key)
    if found is None:
        return questions
    taken = {each.key for each in walk(questions)}
    copy = replace(
        found,
        key=free_key(found.key, taken),
        questions=tuple(replace(inner, key=free_key(inner.key, taken)) for inner in found.questions),
    )
    table = next((each.key for each in questions if any(inner.key == key for inner in each.questions)), "")
    return add(questions, copy, after=key, inside=table)


def free_key(wanted: str, taken: Iterable[str]) -> str:
    """A key made of words that no other question has."""
    base = re.sub(r"[^a-z0-9]+", "_", fold(wanted)).strip("_")[:36]
    base = base if base and base[0].isalpha() else f"q_{base}".rstrip("_")
    taken, key, number = set(taken), base, 2
    while key in taken:
        key, number = f"{base[:36]}_{number}", number + 1
    return key


def _each(questions: Questions, change_one: Callable[[Question], Question]) -> Questions:
    found = []
    for each in questions:
        changed = change_one(each)
        if changed is each and each.questions:
            changed = replace(each, questions=_each(each.questions, change_one))
        found.append(changed)
    return tuple(found)


def _within(questions: Questions, table: str, change_rows: Callable[[Questions], Questions]) -> Questions:
    return tuple(
        replace(each, questions=change_rows(each.questions)) if each.key == table else each for each in questions
    )
