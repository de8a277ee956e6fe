"""A page of a form as it is drawn: every question with its control, what stands in it, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from firstline.work.intake.engine.answers import Cleaned, Problem
from firstline.work.intake.engine.patterns import SHAPES
from firstline.work.intake.engine.questions import LISTED, Question, in_words
from firstline.work.intake.engine.reading import FILE_KINDS, LONG, SHORT

from .forms import Asking
from .words import FILE_KIND_LABELS, language, sentence

MOST_RADIOS = 6  # more than these become a list that opens


@dataclass(frozen=True, slots=True)
class Control:
    """One question on a page. `name` is the name of its input; `rows` are those of a table."""

    key: str
    name: str
    type: str
    control: str  # what draws it: text, textarea, radio, select, checks, file, table, info, section, …
    label: str
    help: str
    value: Any = ""
    error: str = ""
    is_required: bool = False
    is_shown: bool = True
    options: tuple[tuple[str, str], ...] = ()
    attrs: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    most_rows: int = 0
    inside: tuple[Control, ...] = ()  # of a section: what stands below it


def controls(
    asking: Asking, questions: Sequence[Question], raw: Mapping[str, Any], cleaned: Cleaned, *, tell: bool
) -> list[Control]:
    """The questions of a page. `tell`: with what is wrong; not before somebody has tried."""
    wrong = {problem.path: problem for problem in cleaned.problems} if tell else {}
    shown, demanded = set(cleaned.shown), cleaned.demanded
    flat = [_control(each, each.key, raw.get(each.key), asking, shown, demanded, wrong) for each in questions]
    return _nested(flat)


def rules_as_json(asking: Asking) -> str:
    """What the browser reads: the conditions in the order of the questions."""
    found = []
    for question in asking.questions:
        rules = asking.rules.get(question.key)
        found.append(
            {
                "key": question.key,
                "type": question.type,
                "show": rules.show if rules else None,
                "require": rules.require if rules else None,
                "rows": [
                    {
                        "key": inner.key,
                        "type": inner.type,
                        "show": row.show if row else None,
                        "require": row.require if row else None,
                    }
                    for inner in question.questions
                    for row in [asking.rules.get(inner.key)]
                ],
            }
        )
    return json.dumps(found)


def problems_in_words(problems: Iterable[Problem]) -> list[tuple[str, str, str]]:
    """For the list above a page: path, question, sentence."""
    return [(each.path, each.question.said(language()), sentence(each)) for each in problems]


def _nested(flat: list[Control]) -> list[Control]:
    """What follows a section stands inside of it, so that it is hidden with it."""
    found: list[Control] = []
    section: Control | None = None
    inside: list[Control] = []
    for each in [*flat, None]:
        if each is None or each.type == "section":
            if section is not None:
                found.append(_with(section, inside))
            section, inside = each, []
        elif section is not None:
            inside.append(each)
        else:
            found.append(each)
    return found


def _with(section: Control, inside: list[Control]) -> Control:
    return Control(
        key=section.key,
        name=section.name,
        type=section.type,
        control=section.control,
        label=section.label,
        help=section.help,
        is_shown=section.is_shown,
        inside=tuple(inside),
    )


def _control(
    question: Question,
    name: str,
    value: Any,
    asking: Asking,
    shown: set[str],
    demanded: set[str],
    wrong: Mapping[str, Problem],
) -> Control:
    code = language()
    rows: list[tuple[Control, ...]] = []
    if question.type == "table":
        typed = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        typed = typed or [{}]
        for place, row in enumerate(typed):
            rows.append(
                tuple(
                    _control(inner, f"{name}.{place}.{inner.key}", row.get(inner.key), asking, shown, demanded, wrong)
                    for inner in question.questions
                )
            )
    problem = wrong.get(name)
    return Control(
        key=question.key,
        name=name,
        type=question.type,
        control=_drawn_as(question),
        label=question.said(code) if question.type != "info" else in_words(question.label, code),
        help=question.helped(code),
        value=_as_input(question, value),
        error=sentence(problem) if problem else "",
        is_required=name in demanded or (question.is_required and name not in shown),
        is_shown=name in shown or (bool(rows) and question.key in shown) or _is_new_row(name, shown, question, asking),
        options=_options(question, code),
        attrs=_attrs(question),
        files=tuple(asking.files.get(question.key, ())),
        rows=tuple(rows),
        most_rows=question.most_rows or 50,
    )


def _is_new_row(name: str, shown: set[str], question: Question, asking: Asking) -> bool:
    """A row nobody has typed into yet is not among the answers; what it asks without a condition is shown."""
    table, _dot, rest = name.partition(".")
    if not rest or any(path.startswith(f"{table}.{rest.partition('.')[0]}.") for path in shown):
        return False
    rules = asking.rules.get(question.key)
    return rules is None or rules.show is None


def _drawn_as(question: Question) -> str:
    if question.type in LISTED:
        return "radio" if len(question.options) <= MOST_RADIOS and question.type == "choice" else "select"
    return {
        "long": "textarea",
        "yesno": "radio",
        "choices": "checks",
        "file": "file",
        "table": "table",
        "info": "info",
        "section": "section",
        "date": "date",
        "time": "time",
        "number": "number",
        "money": "number",
        "email": "email",
        "phone": "tel",
    }.get(question.type, "text")


def _options(question: Question, code: str) -> tuple[tuple[str, str], ...]:
    if question.type == "yesno":
        return (("yes", _("Yes")), ("no", _("No")))
    found = tuple((option.key, in_words(option.label, code) or option.key) for option in question.options)
    if question.type in LISTED and _drawn_as(question) == "select":
        return (("", "—"), *found)
    return found


def _as_input(question: Question, value: Any) -> Any:
    if question.type == "choices":
        return [str(each) for each in value] if isinstance(value, list) else []
    if question.type == "yesno" and isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, list | dict):
        return ""
    return str(value)


def _attrs(question: Question) -> dict[str, Any]:
    """What helps while typing; the server checks it all again."""
    found: dict[str, Any] = {}
    if question.type in ("short", "long", "person", "email", "phone"):
        found["maxlength"] = question.longest or (LONG if question.type == "long" else SHORT)
    if question.type in ("number", "money"):
        found |= {"step": "0.01" if question.type == "money" else "any", "inputmode": "decimal"}
        found |= {name: bound for name, bound in (("min", question.least), ("max", question.most)) if bound is not None}
    if question.pattern in SHAPES and question.type == "short":
        found["pattern"] = SHAPES[question.pattern]
    if question.type == "file":
        endings = [ending for kind in question.kinds for ending in FILE_KINDS.get(kind, ())]
        if endings:
            found["accept"] = ",".join(dict.fromkeys(endings))
            found["hint"] = ", ".join(
                str(FILE_KIND_LABELS[kind]) for kind in question.kinds if kind in FILE_KIND_LABELS
            )
    return found
