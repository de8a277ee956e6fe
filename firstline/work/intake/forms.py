"""What somebody typed about a question, made into the question it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from firstline.core.conditions import ConditionError

from .engine.editing import free_key
from .engine.patterns import SHAPES
from .engine.questions import LISTED, LONGEST_LABEL, MOST_OPTIONS, TEXTS, Option, Question
from .engine.reading import FILE_KINDS, Unfit, read
from .queries.lists import prefills
from .queries.words import FILE_KIND_LABELS, PATTERN_LABELS, read_condition, sentence_of, typed_condition

NAMES = dict(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that can be said about a question, as the builder draws it."""

    name: str
    label: str
    type: str = "text"
    value: Any = ""
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    attrs: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


def boxes(
    question: Question,
    languages: Sequence[str],
    earlier: Sequence[Question],
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Box]:
    """Everything that can be said about a question of this type."""
    found = [*_texts(question, languages), *_of_type(question, languages), *_always(question, earlier)]
    return [
        replace(
            box,
            value=(typed.get(box.name, "") if box.type != "checks" else box.value) if typed is not None else box.value,
            error=(errors or {}).get(box.name, ""),
        )
        for box in found
    ]


def _texts(question: Question, languages: Sequence[str]) -> list[Box]:
    several = len(languages) > 1
    found = []
    for code in languages:
        tail = f" ({NAMES.get(code, code)})" if several else ""
        is_long = question.type == "info"
        found.append(
            Box(
                f"label_{code}",
                (_("Words") if question.type in ("info", "section", "page") else _("Question")) + tail,
                "textarea" if is_long else "text",
                question.label.get(code, ""),
                attrs={"maxlength": 4000 if is_long else LONGEST_LABEL},
            )
        )
        found.append(
            Box(f"help_{code}", _("Help") + tail, "text", question.help.get(code, ""), attrs={"maxlength": 1000})
        )
    return found


def _of_type(question: Question, languages: Sequence[str]) -> list[Box]:
    kind = question.type
    found: list[Box] = []
    if kind in ("choice", "choices"):
        for code in languages:
            lines = "\n".join(option.label.get(code, "") or option.key for option in question.options)
            tail = f" ({NAMES.get(code, code)})" if len(languages) > 1 else ""
            found.append(Box(f"options_{code}", _("To choose from") + tail, "textarea", lines, _("One on each line.")))
    if kind in ("short", "long"):
        found += [
            _number("shortest", _("At least so many characters"), question.shortest),
            _number("longest", _("At most so many characters"), question.longest),
        ]
    if kind == "short":
        shapes = (("", _("any text")), *((key, str(PATTERN_LABELS[key])) for key in SHAPES))
        found.append(Box("pattern", _("It must be"), "select", question.pattern, options=shapes))
    if kind in ("number", "money"):
        found += [
            _number("least", _("Not less than"), question.least),
            _number("most", _("Not more than"), question.most),
        ]
    if kind == "date":
        hint = _("Days from today: 0 is today, 7 a week ahead, -1 yesterday.")
        found += [
            _number("least", _("Not before"), question.least, hint),
            _number("most", _("Not after"), question.most, hint),
        ]
    if kind == "money":
        found.append(Box("currency", _("Currency"), "text", question.currency, attrs={"maxlength": 3}))
    if kind == "file":
        kinds = tuple((key, str(label)) for key, label in FILE_KIND_LABELS.items())
        found.append(Box("kinds", _("Only these kinds"), "checks", list(question.kinds), options=kinds))
        found.append(_number("largest_mb", _("At most so many megabytes"), question.largest_mb))
    if kind == "table":
        found += [
            _number("least_rows", _("At least so many rows"), question.least_rows),
            _number("most_rows", _("At most so many rows"), question.most_rows),
        ]
    if kind in TEXTS or kind in ("choice", "choices", "yesno", "number", "money"):
        known = (("", _("nothing")), *((key, str(label)) for key, label in prefills()))
        if kind in TEXTS:
            found.append(Box("prefill", _("Filled in with"), "select", question.prefill, options=known))
        found.append(_default(question))
    return found


def _default(question: Question) -> Box:
    value = question.default
    if question.type == "yesno":
        said = "" if value is None else "yes" if value else "no"
        return Box(
            "default", _("Chosen at first"), "select", said, options=(("", "—"), ("yes", _("Yes")), ("no", _("No")))
        )
    if question.type == "choice":
        options = (
            ("", "—"),
            *((option.key, next(iter(option.label.values()), option.key)) for option in question.options),
        )
        return Box("default", _("Chosen at first"), "select", value or "", options=options)
    shown = ", ".join(value) if isinstance(value, list) else "" if value is None else value
    return Box("default", _("Stands in it at first"), "text", shown)


def _always(question: Question, earlier: Sequence[Question]) -> list[Box]:
    found = []
    if question.is_asked:
        found.append(Box("is_required", _("It must be answered"), "switch", question.is_required))
    example = next((f"{each.key}:{each.options[0].key}" for each in earlier if each.options), "")
    hint = _("A condition over the answers before it, for example %(example)s. Empty: always.") % {
        "example": example or "urgent:yes"
    }
    found.append(Box("show_when", _("Show it only when"), "text", typed_condition(question.show_when, earlier), hint))
    if question.is_asked:
        hint = _("A condition, as above. Empty: only if it must always be answered.")
        found.append(
            Box(
                "require_when",
                _("It must be answered when"),
                "text",
                typed_condition(question.require_when, earlier),
                hint,
            )
        )
        found.append(
            Box(
                "key",
                _("Name in conditions, reports and the API"),
                "text",
                question.key,
                attrs={"pattern": "[a-z][a-z0-9_]*", "maxlength": 40},
            )
        )
    return found


def _number(name: str, label: str, value: Any, hint: str = "") -> Box:
    return Box(name, label, "number", "" if value is None else value, hint, attrs={"step": "any"})


def changed(
    question: Question, said: Any, languages: Sequence[str], earlier: Sequence[Question], taken: set[str]
) -> tuple[Question, dict[str, str]]:
    """The question as it was typed (a QueryDict), and what is wrong with it, box by box."""
    errors: dict[str, str] = {}
    parts: dict[str, Any] = {
        "label": _words(question.label, said, "label", languages),
        "help": _words(question.help, said, "help", languages),
        "is_required": bool(said.get("is_required")),
        "pattern": said.get("pattern", "") if said.get("pattern", "") in SHAPES else "",
        "prefill": said.get("prefill", "")[:40],
        "currency": said.get("currency", "").strip().upper()[:3],
        "kinds": tuple(kind for kind in said.getlist("kinds") if kind in FILE_KINDS),
    }
    if not any(parts["label"].values()) and question.type != "page":
        errors[f"label_{languages[0]}"] = _("Write what is asked.")
    for name in ("least", "most", "shortest", "longest", "largest_mb", "least_rows", "most_rows"):
        parts[name] = _numeral(said.get(name, ""), name, errors)
    if question.type in ("choice", "choices"):
        parts["options"] = _options(question, said, languages)
        if not parts["options"]:
            errors[f"options_{languages[0]}"] = _("Write what can be chosen, one on each line.")
    for name in ("show_when", "require_when"):
        try:
            parts[name] = read_condition(said.get(name, ""), earlier)
        except ConditionError as error:
            parts[name] = getattr(question, name)
            errors[name] = str(error)
    key = said.get("key", question.key).strip() or question.key
    if key != question.key:
        if free_key(key, ()) != key or key in taken:
            errors["key"] = _("Small letters, digits and _; and no two questions have the same.")
        else:
            parts["key"] = key
    made = replace(question, **parts)
    parts["default"] = _default_of(made, said.get("default", ""), errors)
    return replace(question, **parts), errors


def _default_of(question: Question, typed: str, errors: dict[str, str]) -> Any:
    typed = typed.strip()
    if not typed or question.type in ("table", "file", "info", "section", "page", *LISTED[1:]):
        return None
    raw: Any = [part.strip() for part in typed.split(",")] if question.type == "choices" else typed
    try:
        return read(replace(question, least=None, most=None), raw)
    except Unfit as unfit:
        errors["default"] = sentence_of(unfit.code, unfit.facts)
        return None


def _words(before: Mapping[str, str], said: Any, name: str, languages: Sequence[str]) -> dict[str, str]:
    """Languages that are not shown keep their words."""
    kept = {code: text for code, text in before.items() if code not in languages}
    typed = {code: said.get(f"{name}_{code}", "").strip()[:4000] for code in languages}
    return kept | {code: text for code, text in typed.items() if text}


def _numeral(typed: str, name: str, errors: dict[str, str]) -> Any:
    if not typed.strip():
        return None
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        errors[name] = _("Write a number.")
        return None
    if name not in ("least", "most"):
        if not (number.is_integer() and 0 <= number <= 20_000):
            errors[name] = _("Write a whole number.")
            return None
        return int(number)
    if not abs(number) <= 1e12:
        errors[name] = _("Write a number.")
        return None
    return int(number) if number.is_integer() else number


def _options(question: Question, said: Any, languages: Sequence[str]) -> tuple[Option, ...]:
    """Line by line. A line that was there keeps its key, a changed one too as long as no line came or went."""
    first = languages[0]
    lines = {
        code: [line.strip()[:LONGEST_LABEL] for line in said.get(f"options_{code}", "").splitlines()]
        for code in languages
    }
    main = [(place, line) for place, line in enumerate(lines[first]) if line][:MOST_OPTIONS]
    by_label = {option.label.get(first) or option.key: option for option in question.options}
    same_length = len(main) == len(question.options)
    found: list[Option] = []
    for at, (place, line) in enumerate(main):
        old = by_label.get(line) or (
            question.options[at] if same_length and question.options[at].label.get(first) not in lines[first] else None
        )
        taken = {option.key for option in found} | (
            {option.key for option in question.options} if old is None else set()
        )
        key = old.key if old and old.key not in taken else free_key(line, taken)
        label = {code: text[place] for code, text in lines.items() if place < len(text) and text[place]}
        found.append(Option(key, {**(dict(old.label) if old else {}), **label}))
    return tuple(found)


def new_question(type: str, taken: set[str]) -> Question:  # noqa: A002 -- the word everybody uses
    """A question of this type with nothing said yet."""
    return Question(key=free_key(type, taken), type=type)
