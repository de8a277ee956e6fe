"""The form of a workflow as a table: one column for each field, one row for each time it is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .definition import Datum
from .phrases import Phrase, Translate, gettext_noop, phrase

REMARK = "#"  # a row that begins so explains, and is not filed
_WHAT = {
    "text": gettext_noop("Words"), "number": gettext_noop("A number"), "yes_no": gettext_noop("yes or no"),
    "date": gettext_noop("A day, as 2027-01-31"), "moment": gettext_noop("Day and time, as 2027-01-31 22:00"),
    "person": gettext_noop("A name or a mail address"), "team": gettext_noop("The name of a team"),
    "list": gettext_noop("Several, parted by semicolons"),
    "items": gettext_noop("Services, units and things by name, parted by semicolons"),
    "plan": gettext_noop("One step per line in the cell: what | who | minutes"),
}  # fmt: skip
_EXAMPLES = {
    "number": "100", "yes_no": "yes", "date": "2027-01-31", "moment": "2027-01-31 22:00", "person": "ada@example.org",
    "team": "Service desk", "list": "One; Another", "items": "Mail; The old server",
    "plan": "Stop the service | Ada | 15",
}  # fmt: skip
YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0")


@dataclass(frozen=True, slots=True)
class Row:
    """`line` of the file, the cells as they were typed, and by field what they say."""

    line: int
    cells: tuple[str, ...]
    said: Mapping[str, str]


def sheet(fields: Sequence[Datum], translate: Translate = str) -> list[list[str]]:
    """To be filled in: headings, what each wants, an example."""
    return [
        [REMARK, *(_heading(datum) for datum in fields)],
        [f"{REMARK} {translate(gettext_noop('What is wanted'))}", *(_wanted(datum, translate) for datum in fields)],
        [f"{REMARK} {translate(gettext_noop('For example'))}", *(_example(datum) for datum in fields)],
    ]


def understood(
    rows: Sequence[tuple[int, Sequence[str]]], fields: Sequence[Datum]
) -> tuple[tuple[str, ...], list[Row], list[Phrase]]:
    """The headings, what was filled in, and what is wrong with the table as a whole."""
    if not rows:
        return (), [], [phrase(gettext_noop("The table is empty."))]
    headings = tuple(rows[0][1])
    known = {name.casefold(): datum.key for datum in fields for name in (datum.key, _heading(datum))}
    columns = [known.get(cell.strip().casefold(), "") for cell in headings]
    wrong = []
    strange = [cell for cell, key in zip(headings, columns, strict=True) if cell and not key and cell != REMARK]
    missing = [_heading(datum) for datum in fields if datum.required and datum.key not in columns]
    double = [key for key in dict.fromkeys(columns) if key and columns.count(key) > 1]
    if strange:
        wrong.append(phrase(gettext_noop("Nobody asks for these columns: %(names)s."), names=", ".join(strange[:5])))
    if missing:
        wrong.append(phrase(gettext_noop("These columns are missing: %(names)s."), names=", ".join(missing)))
    if double:
        wrong.append(phrase(gettext_noop("These columns are there twice: %(names)s."), names=", ".join(double)))
    found = []
    for line, cells in rows[1:]:
        if cells[0].startswith(REMARK):
            continue
        said = {key: cell for key, cell in zip(columns, cells, strict=False) if key}
        found.append(Row(line, tuple(cells), said))
        if len(cells) > len(columns):
            wrong.append(phrase(gettext_noop("Line %(line)s has more cells than there are headings."), line=line))
    return headings, found, wrong


def as_form(datum: Datum, cell: str) -> str:
    """A cell as the form of the workflow wants it: choices by name, several one a line."""
    said = cell.strip()
    match datum.type:
        case "choice":
            names = {name.casefold(): each.key for each in datum.choices for name in (each.label, each.key) if name}
            return names.get(said.casefold(), said)
        case "yes_no":
            return "yes" if said.casefold() in YES else "no" if said.casefold() in NO else said
        case "list" | "items":
            return "\n".join(part.strip() for part in said.replace("\n", ";").split(";") if part.strip())
    return said


def _heading(datum: Datum) -> str:
    return datum.label or datum.key


def _wanted(datum: Datum, translate: Translate) -> str:
    if datum.type == "choice":
        said = " / ".join(each.label or each.key for each in datum.choices)
    else:
        said = translate(_WHAT[datum.type])
    if datum.help:
        said = f"{said}. {datum.help}"
    return f"{said} ({translate(gettext_noop('required'))})" if datum.required else said


def _example(datum: Datum) -> str:
    if datum.type == "choice":
        return datum.choices[0].label or datum.choices[0].key if datum.choices else ""
    return _EXAMPLES.get(datum.type, datum.label or datum.key)
