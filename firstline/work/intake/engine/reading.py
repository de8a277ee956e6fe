"""One answer as it was typed or sent, made into the value that is kept; and a page's flat names made into rows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any

from .patterns import PATTERNS
from .questions import LISTED, TEXTS, Question

SHORT, LONG = 300, 5_000  # characters, unless the question says otherwise
LONGEST = 20_000
MOST_FILES = 10
LARGEST_NUMBER = 1e12
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9 ()/.-]{3,40}")
_YES = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "0": False}


class Unfit(ValueError):
    """The answer does not fit its question: a code and what the sentence needs."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read(question: Question, raw: Any) -> Any:
    """The value to keep, or None where nothing was said. Raises Unfit."""
    if isinstance(raw, str):
        raw = raw.replace("\r\n", "\n").replace("\x00", "").strip()
    if raw is None or raw in ("", [], {}):
        return None
    if question.type in TEXTS:
        return _text(question, raw)
    if question.type in ("number", "money"):
        return _number(question, raw)
    if question.type in LISTED:
        return _choice(question, raw)
    return {"date": _date, "time": _time, "yesno": _yes_or_no, "choices": _choices, "file": _files}[question.type](
        question, raw
    )


def _text(question: Question, raw: Any) -> str:
    if not isinstance(raw, str) or any("\ud800" <= letter <= "\udfff" for letter in raw):
        raise Unfit("not_text")
    if question.type != "long":
        raw = " ".join(raw.split())
    most = min(question.longest or (LONG if question.type == "long" else SHORT), LONGEST)
    if len(raw) > most:
        raise Unfit("too_long", most=most, is_now=len(raw))
    if question.shortest and len(raw) < question.shortest:
        raise Unfit("too_short", least=question.shortest)
    if question.type == "email" and not (_ADDRESS.fullmatch(raw) and len(raw) <= 254):
        raise Unfit("not_email")
    if question.type == "phone" and not (_PHONE.fullmatch(raw) and sum(map(str.isdigit, raw)) >= 3):
        raise Unfit("not_phone")
    if question.pattern and question.pattern in PATTERNS and not PATTERNS[question.pattern].fullmatch(raw):
        raise Unfit("pattern", pattern=question.pattern)
    return str(raw)


def _number(question: Question, raw: Any) -> int | float:
    try:
        # A comma is the decimal point of half the world; a grouping one is not guessed.
        number = float(raw.replace(" ", "").replace("\u00a0", "").replace(",", ".") if isinstance(raw, str) else raw)
    except (TypeError, ValueError):
        raise Unfit("not_number") from None
    if isinstance(raw, bool) or not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise Unfit("not_number")
    if question.type == "money":
        number = round(number, 2)
    if question.least is not None and number < question.least:
        raise Unfit("too_small", least=question.least)
    if question.most is not None and number > question.most:
        raise Unfit("too_large", most=question.most)
    return int(number) if number.is_integer() else number


def _date(question: Question, raw: Any) -> str:
    try:
        day = date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise Unfit("not_date") from None
    if not 1900 <= day.year <= 2999:
        raise Unfit("not_date")
    return day.isoformat()


def _time(question: Question, raw: Any) -> str:
    try:
        return time.fromisoformat(raw).strftime("%H:%M")
    except (TypeError, ValueError):
        raise Unfit("not_time") from None


def _yes_or_no(question: Question, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    found = _YES.get(raw.lower()) if isinstance(raw, str) else None
    if found is None:
        raise Unfit("not_yes_or_no")
    return found


def _choice(question: Question, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in {option.key for option in question.options}:
        raise Unfit("not_offered")
    return raw


def _choices(question: Question, raw: Any) -> list[str] | None:
    asked = [raw] if isinstance(raw, str) else raw
    if not isinstance(asked, list) or not all(isinstance(each, str) for each in asked):
        raise Unfit("not_offered")
    wanted = {each.strip() for each in asked if each.strip()}
    offered = [option.key for option in question.options]
    if wanted - set(offered):
        raise Unfit("not_offered")
    kept = [key for key in offered if key in wanted]
    if question.most is not None and len(kept) > question.most:
        raise Unfit("too_many", most=int(question.most))
    if kept and question.least is not None and len(kept) < question.least:
        raise Unfit("too_few", least=int(question.least))
    return kept or None


def _files(question: Question, raw: Any) -> list[dict[str, Any]] | None:
    """Files as the room has kept them: their number, name, kind and size. Nobody can send these from outside."""
    if not isinstance(raw, list) or not all(isinstance(each, dict) and "file" in each for each in raw):
        raise Unfit("not_file")
    if len(raw) > MOST_FILES:
        raise Unfit("too_many", most=MOST_FILES)
    return [{"file": each["file"], "name": each["name"], "size": each["size"]} for each in raw] or None


FILE_KINDS: dict[str, tuple[str, ...]] = {
    "picture": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic"),
    "pdf": (".pdf",),
    "document": (".doc", ".docx", ".odt", ".rtf", ".txt", ".md"),
    "sheet": (".xls", ".xlsx", ".ods", ".csv"),
    "log": (".log", ".txt", ".zip", ".gz"),
}


def fits(question: Question, name: str, size: int) -> None:
    """Whether a file may answer this question, before it is stored. Raises Unfit."""
    endings = {ending for kind in question.kinds for ending in FILE_KINDS.get(kind, ())}
    if endings and not name.lower().endswith(tuple(endings)):
        raise Unfit("file_kind", kinds=question.kinds)
    largest = question.largest_mb or 25
    if size > largest * 1024 * 1024:
        raise Unfit("file_size", most=largest)


def from_page(
    questions: Iterable[Question], names: Iterable[str], values: Callable[[str], list[str]]
) -> dict[str, Any]:
    """What a page sent (`program`, `people.0.name`), as `clean` wants it; names that are not asked for are left out."""
    names = list(names)
    raw: dict[str, Any] = {}
    for question in questions:
        if question.type == "table":
            places = _places(question.key, names)
            if places or f"{question.key}.rows" in names:
                raw[question.key] = [
                    {
                        inner.key: _value(inner, values(name))
                        for inner in question.questions
                        if (name := f"{question.key}.{place}.{inner.key}") in names
                    }
                    for place in places
                ]
        elif question.is_asked and question.type != "file" and question.key in names:
            raw[question.key] = _value(question, values(question.key))
    return raw


def _value(question: Question, sent: list[str]) -> Any:
    if question.type == "choices":
        return [each[:300] for each in sent if each][:300]
    return sent[-1][: LONGEST + 1] if sent else ""


def _places(key: str, names: list[str]) -> list[int]:
    found = set()
    for name in names:
        head, _, rest = name.partition(".")
        place = rest.partition(".")[0]
        if head == key and place.isdecimal() and len(place) <= 3:
            found.add(int(place))
    return sorted(found)[:60]
