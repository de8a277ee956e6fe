"""Forms as data: questions in the order they are asked, and the marks between them (pages, sections, information)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

TEXTS = ("short", "long", "email", "phone", "person")
LISTED = ("choice", "team", "organisation", "device")  # one of a list; all but the first from a list the house keeps
ASKED = (*TEXTS, "number", "money", "date", "time", "yesno", *LISTED, "choices", "file", "table")
MARKS = ("page", "section", "info")
TYPES = (*ASKED, *MARKS)
IN_A_ROW = tuple(each for each in ASKED if each not in ("table", "file"))

MOST_QUESTIONS = 200
MOST_OPTIONS = 300
LONGEST_LABEL = 300
LONGEST_WORDS = 4_000
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Words = Mapping[str, str]  # by language


class Malformed(ValueError):
    """A definition that no builder writes; says where."""


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, or a mark between questions. Empty values are left out when it is written down."""

    key: str
    type: str
    label: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    is_required: bool = False
    show_when: Any = None  # conditions over the answers before it, as core/conditions keeps them
    require_when: Any = None
    options: tuple[Option, ...] = ()
    default: Any = None
    prefill: str = ""
    least: float | None = None  # of numbers; of days from today for dates
    most: float | None = None
    shortest: int | None = None  # characters
    longest: int | None = None
    pattern: str = ""
    kinds: tuple[str, ...] = ()  # of files
    largest_mb: int | None = None
    currency: str = ""
    least_rows: int | None = None
    most_rows: int | None = None
    questions: tuple[Question, ...] = ()  # of a table: what each row asks

    @property
    def is_asked(self) -> bool:
        return self.type in ASKED

    def said(self, language: str) -> str:
        return in_words(self.label, language) or self.key

    def helped(self, language: str) -> str:
        return in_words(self.help, language)


def in_words(words: Words, language: str) -> str:
    """In this language, else in that of the region's mother tongue, else in English, else in any there is."""
    for code in (language, language.partition("-")[0], "en"):
        if words.get(code):
            return words[code]
    return next((text for text in words.values() if text), "")


def load(kept: Any) -> tuple[Question, ...]:
    """The questions of a definition; Malformed with the place for anything `dump` would not write."""
    if not isinstance(kept, Mapping) or not isinstance(kept.get("questions"), list):
        raise Malformed("questions")
    found = tuple(_question(each, f"questions[{place}]") for place, each in enumerate(kept["questions"]))
    keys = [each.key for each in walk(found)]
    if len(keys) > MOST_QUESTIONS:
        raise Malformed("too many questions")
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise Malformed(f"two questions {twice}")
    return found


def dump(questions: Iterable[Question]) -> dict[str, Any]:
    return {"questions": [as_kept(each) for each in questions]}


def as_kept(question: Question) -> dict[str, Any]:
    """The question as JSON, without what is empty."""
    kept: dict[str, Any] = {}
    for each in fields(question):
        value = getattr(question, each.name)
        if each.name == "options":
            value = [{"key": option.key, "label": dict(option.label)} for option in value]
        elif each.name == "questions":
            value = [as_kept(inner) for inner in value]
        elif each.name == "kinds":
            value = list(value)
        elif isinstance(value, Mapping) and each.name in ("label", "help"):
            value = dict(value)
        if value not in (None, "", False, [], {}) or each.name in ("key", "type"):
            kept[each.name] = value
    return kept


def walk(questions: Iterable[Question]) -> Iterator[Question]:
    """All of them, those inside of tables after their table."""
    for question in questions:
        yield question
        yield from walk(question.questions)


def find(questions: Iterable[Question], key: str) -> Question | None:
    return next((each for each in walk(questions) if each.key == key), None)


_NUMBERS = ("least", "most")
_COUNTS = ("shortest", "longest", "largest_mb", "least_rows", "most_rows")
_NAMES = {each.name for each in fields(Question)}


def _question(kept: Any, where: str, *, in_a_row: bool = False) -> Question:
    if not isinstance(kept, Mapping) or not set(kept) <= _NAMES:
        raise Malformed(where)
    key, type_ = kept.get("key"), kept.get("type")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise Malformed(f"{where}.key")
    if type_ not in (IN_A_ROW if in_a_row else TYPES):
        raise Malformed(f"{where}.type")
    made: dict[str, Any] = {
        "key": key,
        "type": type_,
        "label": _words(kept.get("label", {}), f"{where}.label", LONGEST_WORDS if type_ == "info" else LONGEST_LABEL),
        "help": _words(kept.get("help", {}), f"{where}.help", LONGEST_WORDS),
        "is_required": kept.get("is_required", False) is True,
        "show_when": _condition(kept.get("show_when"), f"{where}.show_when"),
        "require_when": _condition(kept.get("require_when"), f"{where}.require_when"),
        "options": _options(kept.get("options", []), f"{where}.options"),
        "default": _plain(kept.get("default"), f"{where}.default"),
        "kinds": tuple(_texts(kept.get("kinds", []), f"{where}.kinds")),
    }
    for name in ("prefill", "pattern", "currency"):
        made[name] = _text(kept.get(name, ""), f"{where}.{name}", 40)
    for name in (*_NUMBERS, *_COUNTS):
        made[name] = _number(kept.get(name), f"{where}.{name}", whole=name in _COUNTS)
    inner = kept.get("questions", [])
    if not isinstance(inner, list) or (inner and type_ != "table"):
        raise Malformed(f"{where}.questions")
    made["questions"] = tuple(
        _question(each, f"{where}.questions[{place}]", in_a_row=True) for place, each in enumerate(inner)
    )
    return Question(**made)


def _words(kept: Any, where: str, longest: int) -> dict[str, str]:
    if not isinstance(kept, Mapping) or not all(isinstance(part, str) for pair in kept.items() for part in pair):
        raise Malformed(where)
    if any(len(text) > longest or len(code) > 12 for code, text in kept.items()):
        raise Malformed(where)
    return {code: text for code, text in kept.items() if text}


def _options(kept: Any, where: str) -> tuple[Option, ...]:
    if not isinstance(kept, list) or len(kept) > MOST_OPTIONS:
        raise Malformed(where)
    found = []
    for place, each in enumerate(kept):
        if not isinstance(each, Mapping) or set(each) - {"key", "label"} or not isinstance(each.get("key"), str):
            raise Malformed(f"{where}[{place}]")
        found.append(Option(each["key"][:60], _words(each.get("label", {}), f"{where}[{place}]", LONGEST_LABEL)))
    if len({option.key for option in found}) < len(found):
        raise Malformed(where)
    return tuple(found)


def _condition(kept: Any, where: str) -> Any:
    if kept is not None and not isinstance(kept, Mapping):
        raise Malformed(where)
    return dict(kept) if kept else None


def _plain(kept: Any, where: str) -> Any:
    if isinstance(kept, list) and all(isinstance(each, str) for each in kept):
        return [each[:LONGEST_LABEL] for each in kept]
    if kept is None or isinstance(kept, bool | int | float):
        return kept
    return _text(kept, where, LONGEST_WORDS)


def _texts(kept: Any, where: str) -> list[str]:
    if not isinstance(kept, list):
        raise Malformed(where)
    return [_text(each, where, 40) for each in kept]


def _text(kept: Any, where: str, longest: int) -> str:
    if not isinstance(kept, str) or len(kept) > longest:
        raise Malformed(where)
    return kept


def _number(kept: Any, where: str, *, whole: bool) -> Any:
    if kept is None:
        return None
    if isinstance(kept, bool) or not isinstance(kept, int if whole else int | float) or abs(kept) > 1e12:
        raise Malformed(where)
    return kept
