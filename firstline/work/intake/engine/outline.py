"""The form as pages: what stands between two page marks is filled in together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .questions import Question


@dataclass(frozen=True, slots=True)
class Page:
    number: int  # from 1
    mark: Question | None  # none: the beginning of a form that does not open with a page mark
    questions: tuple[Question, ...]


def pages(questions: Sequence[Question]) -> list[Page]:
    """All pages, in order; a form without marks is one."""
    found: list[tuple[Question | None, list[Question]]] = []
    for question in questions:
        if question.type == "page":
            found.append((question, []))
        else:
            if not found:
                found.append((None, []))
            found[-1][1].append(question)
    return [Page(number, mark, tuple(inside)) for number, (mark, inside) in enumerate(found, 1)]


def to_fill_in(questions: Sequence[Question], shown: Iterable[str]) -> list[Page]:
    """The pages on which there is something to be read or asked, by what is shown now."""
    visible = set(shown)
    return [page for page in pages(questions) if any(question.key in visible for question in page.questions)]
