"""Forms and answers in words: what is wrong, what changed, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from firstline.core.conditions import (
    Condition,
    ConditionError,
    check,
    describe,
    fields_in,
    from_json,
    parse,
    to_json,
    to_text,
)  # fmt: skip
from firstline.core.fields import Context
from firstline.work.intake.engine.answers import Problem
from firstline.work.intake.engine.changes import Change, changes
from firstline.work.intake.engine.outline import pages
from firstline.work.intake.engine.questions import LISTED, Question, in_words
from firstline.work.intake.fields import answers_catalogue
from firstline.work.intake.models import FormVersion

TRUSTED = Context(trusted=True)

TYPE_LABELS: dict[str, Any] = {
    "short": gettext_lazy("Short text"), "long": gettext_lazy("Long text"), "number": gettext_lazy("Number"),
    "money": gettext_lazy("Amount of money"), "date": gettext_lazy("Date"), "time": gettext_lazy("Time"),
    "yesno": gettext_lazy("Yes or no"), "choice": gettext_lazy("One of a list"),
    "choices": gettext_lazy("Several of a list"), "person": gettext_lazy("Person"), "team": gettext_lazy("Team"),
    "organisation": gettext_lazy("Organisation"), "device": gettext_lazy("One of their devices"),
    "email": gettext_lazy("E-mail address"), "phone": gettext_lazy("Phone number"), "file": gettext_lazy("File"),
    "table": gettext_lazy("Several rows"), "info": gettext_lazy("Information"), "section": gettext_lazy("Section"),
    "page": gettext_lazy("Page"),
}  # fmt: skip
PATTERN_LABELS: dict[str, Any] = {
    "digits": gettext_lazy("digits only"), "letters": gettext_lazy("letters only"),
    "letters_digits": gettext_lazy("letters and digits"), "code": gettext_lazy("capital letters, digits and dashes"),
    "host": gettext_lazy("the name of a computer"), "ip": gettext_lazy("an IP address"),
    "mac": gettext_lazy("a hardware (MAC) address"), "web": gettext_lazy("a web address"),
}  # fmt: skip
FILE_KIND_LABELS: dict[str, Any] = {
    "picture": gettext_lazy("pictures"), "pdf": gettext_lazy("PDF"), "document": gettext_lazy("documents"),
    "sheet": gettext_lazy("spreadsheets"), "log": gettext_lazy("logs and archives"),
}  # fmt: skip


def language() -> str:
    return get_language() or "en"


# ------------------------------------------------------------------------------------------------------ what is wrong


def sentence(problem: Problem) -> str:
    """What is wrong, and what to do."""
    return sentence_of(problem.code, problem.facts, options=bool(problem.question.options))


def sentence_of(code: str, facts: Mapping[str, Any], *, options: bool = True) -> str:
    match code:
        case "missing":
            return _("Please answer this.")
        case "too_long":
            return _("That is %(is_now)s characters; at most %(most)s fit here. Send the rest as a file.") % facts
        case "too_short":
            return _("At least %(least)s characters, please.") % facts
        case "not_email":
            return _("Write an e-mail address like name@example.org.")
        case "not_phone":
            return _("Write a phone number: digits, spaces, + and dashes.")
        case "pattern":
            return _("This must be %(shape)s.") % {"shape": PATTERN_LABELS.get(facts["pattern"], facts["pattern"])}
        case "not_number":
            return _("Write a number.")
        case "too_small" | "too_early":
            return _("Not less than %(limit)s, please.") % {"limit": _limit(facts, "least")}
        case "too_large" | "too_late":
            return _("Not more than %(limit)s, please.") % {"limit": _limit(facts, "most")}
        case "not_date":
            return _("Choose a day, or write it like 2026-01-31.")
        case "not_time":
            return _("Write a time like 14:30.")
        case "not_yes_or_no":
            return _("Answer yes or no.")
        case "not_offered":
            return _("Choose from the list.") if options else _("There is nothing to choose from. Tell the desk.")
        case "too_many":
            return _("At most %(most)s, please.") % facts
        case "too_few" | "too_few_rows":
            return _("At least %(least)s, please.") % facts
        case "too_many_rows":
            return _("At most %(most)s rows, please.") % facts
        case "file_kind":
            kinds = ", ".join(str(FILE_KIND_LABELS.get(kind, kind)) for kind in facts["kinds"])
            return _("Only these kinds of files can be added here: %(kinds)s.") % {"kinds": kinds}
        case "file_size":
            return _("The file is larger than %(most)s MB. Share a link to it instead.") % facts
    return _("This does not fit here.")


def _limit(facts: Mapping[str, Any], name: str) -> str:
    if "limit" in facts:
        return formats.date_format(date.fromisoformat(facts["limit"]), "SHORT_DATE_FORMAT")
    return formats.number_format(facts[name])


# ------------------------------------------------------------------------------------------- what a draft still lacks


@dataclass(frozen=True, slots=True)
class Trouble:
    key: str  # of the question; empty: of the form
    sentence: str


def troubles_of(version: FormVersion) -> list[Trouble]:
    """Why this draft cannot be published; nothing when it can."""
    questions = version.questions
    if not any(each.is_asked for each in questions):
        return [Trouble("", _("The form asks nothing yet. Add a question."))]
    found: list[Trouble] = []
    _look_through(questions, [], found)
    for page in pages(questions):
        if not page.questions:
            name = page.mark.said(language()) if page.mark else ""
            found.append(
                Trouble(page.mark.key if page.mark else "", _("The page “%(name)s” is empty.") % {"name": name})
            )
    return found


def _look_through(questions: Sequence[Question], before: Sequence[Question], found: list[Trouble]) -> None:
    earlier = list(before)
    for question in questions:
        name = {"name": question.said(language())}
        if not question.label and question.type != "page":
            found.append(Trouble(question.key, _("A question has no words yet.")))
        if question.type in ("choice", "choices") and not question.options:
            found.append(Trouble(question.key, _("“%(name)s” has nothing to choose from.") % name))
        if question.type == "table" and not question.questions:
            found.append(Trouble(question.key, _("The rows of “%(name)s” ask nothing yet.") % name))
        found += [
            Trouble(question.key, _("“%(name)s”: %(wrong)s") % {**name, "wrong": wrong})
            for kept in (question.show_when, question.require_when)
            if kept is not None and (wrong := _wrong_with(kept, earlier, questions))
        ]
        _look_through(question.questions, earlier, found)
        earlier.append(question)


def _wrong_with(kept: Any, earlier: Sequence[Question], beside: Sequence[Question]) -> str:
    try:
        condition = from_json(kept)
        check(condition, answers_catalogue(earlier), TRUSTED)
    except ConditionError as error:
        later = {each.key: each for each in beside}
        for key in _fields(kept):
            if key in later and all(each.key != key for each in earlier):
                return _("it looks at “%(name)s”, which is asked later.") % {"name": later[key].said(language())}
        return str(error)
    return ""


def _fields(kept: Any) -> set[str]:
    try:
        return fields_in(from_json(kept))
    except ConditionError:
        return set()


# ------------------------------------------------------------------------------------------------ conditions as typed


def read_condition(text: str, questions: Sequence[Question]) -> dict[str, Any] | None:
    """What somebody typed as a condition over these questions; ConditionError says what is wrong. Empty: none."""

    if not text.strip():
        return None
    return to_json(parse(text, answers_catalogue(questions), TRUSTED))


def typed_condition(kept: Any, questions: Sequence[Question]) -> str:
    """A kept condition as it can be typed again."""

    if kept is None:
        return ""
    try:
        return to_text(from_json(kept), answers_catalogue(questions), TRUSTED)
    except ConditionError:
        return ""


def condition_in_words(kept: Any, questions: Sequence[Question]) -> str:
    """“Which program is Another one”."""
    if kept is None:
        return ""
    try:
        condition: Condition = from_json(kept)
        return describe(condition, answers_catalogue(questions), TRUSTED)
    except ConditionError as error:
        return str(error)


# ---------------------------------------------------------------------------------------------------- what changed


def diff_in_words(old: Sequence[Question], new: Sequence[Question]) -> list[str]:
    """One sentence for each thing that is different."""
    return [_changed(each, old, new) for each in changes(old, new)]


def _changed(change: Change, old: Sequence[Question], new: Sequence[Question]) -> str:
    question, code = change.question, language()
    told: dict[str, Any] = {"name": question.said(code), "type": TYPE_LABELS[question.type]}
    if change.what == "added":
        return _("Added “%(name)s” (%(type)s).") % told
    if change.what == "removed":
        return _("Removed “%(name)s”.") % told
    if change.what == "moved":
        return _("Moved “%(name)s”.") % told
    before = change.before or question
    if change.what == "label":
        return _("“%(before)s” is now called “%(name)s”.") % {**told, "before": before.said(code)}
    if change.what == "is_required":
        return (
            _("“%(name)s” must be answered now.") if question.is_required else _("“%(name)s” may stay empty now.")
        ) % told
    if change.what in ("show_when", "require_when"):
        when = getattr(question, change.what)
        if when is None:
            return (_("“%(name)s” is always shown now.") if change.what == "show_when" else
                    _("“%(name)s” is never demanded by a condition now.")) % told  # fmt: skip
        told["when"] = condition_in_words(when, new)
        return (_("“%(name)s” is shown only when %(when)s.") if change.what == "show_when" else
                _("“%(name)s” must be answered when %(when)s.")) % told  # fmt: skip
    if change.what == "options":
        had, has = (
            {option.key: in_words(option.label, code) for option in each.options} for each in (before, question)
        )
        parts = []
        if gone := [had[key] for key in had if key not in has]:
            parts.append(_("without %(options)s") % {"options": ", ".join(gone)})
        if came := [has[key] for key in has if key not in had]:
            parts.append(_("with %(options)s") % {"options": ", ".join(came)})
        told["how"] = "; ".join(parts) or _("in other words or another order")
        return _("The list of “%(name)s” changed: %(how)s.") % told
    if change.what == "type":
        return _("“%(name)s” was %(before)s and is %(type)s now.") % {**told, "before": TYPE_LABELS[before.type]}
    told["part"] = PART_LABELS.get(change.what, change.what)
    return _("“%(name)s”: %(part)s changed.") % told


PART_LABELS: dict[str, Any] = {
    "help": gettext_lazy("help"), "default": gettext_lazy("what stands in it at first"),
    "prefill": gettext_lazy("what it is filled in with"), "least": gettext_lazy("the least"),
    "most": gettext_lazy("the most"), "shortest": gettext_lazy("the shortest"), "longest": gettext_lazy("the longest"),
    "pattern": gettext_lazy("the shape"), "kinds": gettext_lazy("kinds of files"),
    "largest_mb": gettext_lazy("the largest file"), "currency": gettext_lazy("the currency"),
    "least_rows": gettext_lazy("the fewest rows"), "most_rows": gettext_lazy("the most rows"),
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------- what was said


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as people read it. `rows`: of a table, one list of (label, text) per row; `files`: (id, name)."""

    key: str
    label: str
    text: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    files: tuple[tuple[int, str], ...] = ()


def lines(questions: Sequence[Question], answers: Mapping[str, Any], *, code: str = "") -> list[Line]:
    """The answers in the order of the questions, in words; what was not answered is left out."""
    code = code or language()
    found = []
    for question in questions:
        value = answers.get(question.key)
        if value is None or not question.is_asked:
            continue
        if question.type == "table":
            rows = tuple(
                tuple(
                    (inner.said(code), in_text(inner, row[inner.key], code))
                    for inner in question.questions
                    if inner.key in row
                )
                for row in value
            )
            found.append(Line(question.key, question.said(code), rows=rows))
        elif question.type == "file":
            files = tuple((file["file"], file["name"]) for file in value)
            found.append(Line(question.key, question.said(code), ", ".join(name for _pk, name in files), files=files))
        else:
            found.append(Line(question.key, question.said(code), in_text(question, value, code)))
    return found


def in_text(question: Question, value: Any, code: str) -> str:
    """One answer in words."""
    labels = {option.key: in_words(option.label, code) or option.key for option in question.options}
    if question.type in LISTED:
        return labels.get(value, str(value))
    if question.type == "choices":
        return ", ".join(labels.get(each, each) for each in value)
    if question.type == "yesno":
        return _("yes") if value else _("no")
    if question.type == "date":
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    if question.type == "money":
        return f"{formats.number_format(value, 2)} {question.currency}".strip()
    if question.type == "number":
        return formats.number_format(value)
    return str(value)


def as_message(found: Iterable[Line]) -> str:
    """The answers as the first words of a conversation."""
    parts = []
    for line in found:
        if line.rows:
            rows = [", ".join(f"{label}: {text}" for label, text in row) for row in line.rows]
            parts.append(f"**{line.label}**\n" + "\n".join(f"- {row}" for row in rows))
        else:
            parts.append(f"**{line.label}**\n{line.text}")
    return "\n\n".join(parts)


def count_of_questions(count: int) -> str:
    return ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}
