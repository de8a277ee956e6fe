"""The builder: questions in a row, each changed where it stands, with the form beside them as people will see it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import signed_in
from firstline.core.text import whole_number
from firstline.core.ui.render import page
from firstline.work.intake.actions.shape import edit, redo, undo
from firstline.work.intake.engine import editing
from firstline.work.intake.engine.outline import pages
from firstline.work.intake.engine.questions import IN_A_ROW, TYPES, Question, find, walk
from firstline.work.intake.forms import boxes, changed, new_question
from firstline.work.intake.models import Form, FormVersion
from firstline.work.intake.queries.forms import asking, forms_of, working
from firstline.work.intake.queries.lists import as_typed, has_list
from firstline.work.intake.queries.shown import controls, rules_as_json
from firstline.work.intake.queries.words import TYPE_LABELS, condition_in_words, language, troubles_of

ICONS = {
    "short": "edit", "long": "note", "number": "chart", "money": "chart", "date": "calendar", "time": "clock",
    "yesno": "check", "choice": "status", "choices": "list", "person": "person", "team": "team",
    "organisation": "organisation", "device": "laptop", "email": "at", "phone": "phone", "file": "attach",
    "table": "columns", "info": "info", "section": "minus", "page": "file",
}  # fmt: skip


@signed_in
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """A form to be shaped: its questions, and how it looks."""
    return _shown(request, mine(request, pk), editing_key=request.GET.get("edit", ""))


@signed_in
@require_POST
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a question of this type, and open it."""
    found, asked, said = mine(request, pk), _questions(request, pk), request.POST
    inside, kind = said.get("inside", ""), said.get("type", "")
    if kind not in (IN_A_ROW if inside else TYPES):
        raise Http404
    new = new_question(kind, {each.key for each in walk(asked)})
    edit(found, editing.add(asked, new, after=said.get("after", ""), inside=inside), by=request.user)
    return _back(found, editing_key=new.key)


@signed_in
def question(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Change one question where it stands."""
    found, asked = mine(request, pk), _questions(request, pk)
    one = _one(asked, key)
    if request.method != "POST":
        return _shown(request, found, editing_key=key)
    taken = {each.key for each in walk(asked)} - {key}
    new, errors = changed(one, request.POST, found.languages or ["en"], _earlier(asked, key), taken)
    if errors:
        return _shown(request, found, editing_key=key, typed=request.POST, errors=errors)
    edit(found, editing.change(asked, key, new), by=request.user)
    return _back(found, at=new.key)


@signed_in
@require_POST
def place(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Move a question: up, down, or to a place of its list."""
    found, asked = mine(request, pk), _questions(request, pk)
    _one(asked, key)
    to, now = request.POST.get("to", ""), editing.place_of(asked, key)
    wanted = {"up": now - 1, "down": now + 1}.get(to, whole_number(to) if to not in ("up", "down") else now)
    if wanted is not None and wanted >= 0:
        edit(found, editing.move(asked, key, wanted), by=request.user)
    return _back(found, at=key)


@signed_in
@require_POST
def duplicate(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The same question once more, right behind it."""
    found, asked = mine(request, pk), _questions(request, pk)
    _one(asked, key)
    edit(found, editing.duplicate(asked, key), by=request.user)
    return _back(found, at=key)


@signed_in
@require_POST
def removal(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take a question out; it can be taken back."""
    found, asked = mine(request, pk), _questions(request, pk)
    _one(asked, key)
    edit(found, editing.remove(asked, key), by=request.user)
    return _back(found)


@signed_in
@require_POST
def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the last change, or do it again."""
    found = mine(request, pk)
    with suppress(Refused):  # the button was there a moment ago
        (redo if request.POST.get("again") else undo)(found, by=request.user)
    return _back(found)


@signed_in
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as whoever asks will see it, to be tried; nothing is kept."""
    found = mine(request, pk)
    version = working(found)
    names = {
        "form": found,
        "preview": _preview(version, request.user),
        "breadcrumb": where(found, (_("Preview"), None)),
    }
    return page(request, "intake/preview.html", names)


def mine(request: HttpRequest, pk: int) -> Form:
    """The form, if this person may shape it; 404 for all others."""
    found = forms_of(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _questions(request: HttpRequest, pk: int) -> tuple[Question, ...]:
    return working(mine(request, pk)).questions


def _one(asked: tuple[Question, ...], key: str) -> Question:
    found = find(asked, key)
    if found is None:
        raise Http404
    return found


def _earlier(asked: tuple[Question, ...], key: str) -> list[Question]:
    """The questions whose answers it may look at: those before it, and before it in its own row."""
    found: list[Question] = []
    for each in asked:
        if each.key == key:
            return found
        for at, inner in enumerate(each.questions):
            if inner.key == key:
                return [*found, *each.questions[:at]]
        found.append(each)
    return found


def _shown(
    request: HttpRequest, found: Form, *, editing_key: str = "", typed: Any = None, errors: dict[str, str] | None = None
) -> HttpResponse:
    version = working(found)
    asked = version.questions
    lacking = troubles_of(version)
    by_key: dict[str, list[str]] = {}
    for trouble in lacking:
        by_key.setdefault(trouble.key, []).append(trouble.sentence)
    one = find(asked, editing_key) if editing_key else None
    before = _earlier(asked, editing_key) if one else []
    names = {
        "form": found,
        "version": version,
        "rows": [_row(each, asked, by_key) for each in asked],
        "editing": editing_key if one else "",
        "boxes": boxes(one, found.languages or ["en"], before, typed=typed, errors=errors) if one else [],
        "errors": errors or {},
        "earlier": [
            (each.key, each.said(language()), [option.key for option in each.options][:8])
            for each in before
            if each.is_asked
        ],
        "types": _types(TYPES),
        "row_types": _types(IN_A_ROW),
        "troubles": lacking,
        "is_draft": version.state == FormVersion.State.DRAFT,
        "has_been_published": any(each.published_at for each in found.versions.all()),
        "pages": len(pages(asked)),
        "preview": _preview(version, request.user),
        "breadcrumb": where(found),
    }
    return page(request, "intake/builder.html", names, block="builder", status=422 if errors else 200)


def _types(allowed: tuple[str, ...]) -> list[tuple[str, Any, str]]:
    hidden = {each for each in ("device",) if not has_list(each)}
    return [(each, TYPE_LABELS[each], ICONS[each]) for each in TYPE_LABELS if each in allowed and each not in hidden]


def _row(question: Question, asked: tuple[Question, ...], troubles: dict[str, list[str]]) -> dict[str, Any]:
    """A question as it stands in the list."""
    return {
        "key": question.key,
        "icon": ICONS[question.type],
        "type": TYPE_LABELS[question.type],
        "is_mark": not question.is_asked,
        "is_page": question.type == "page",
        "is_table": question.type == "table",
        "label": question.said(language()) if question.label else "",
        "is_required": question.is_required,
        "when": condition_in_words(question.show_when, asked),
        "required_when": condition_in_words(question.require_when, asked),
        "troubles": troubles.get(question.key, []),
        "rows": [_row(each, (*asked, *question.questions), troubles) for each in question.questions],
    }


def _preview(version: FormVersion, person: Any) -> dict[str, Any]:
    asked = asking(version, person)
    raw = as_typed(version, person)
    cleaned = asked.clean(raw)
    return {
        "rules": rules_as_json(asked),
        "pages": [
            {"mark": each.mark, "controls": controls(asked, each.questions, raw, cleaned, tell=False)}
            for each in pages(asked.questions)
        ],
    }


def _back(found: Form, *, editing_key: str = "", at: str = "") -> HttpResponse:
    address = reverse("intake:form", args=[found.pk])
    if editing_key:
        return HttpResponseRedirect(f"{address}?edit={editing_key}#question-{editing_key}")
    return HttpResponseRedirect(f"{address}#question-{at}" if at else address)


def where(found: Form, *steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    own = reverse("intake:form", args=[found.pk]) if steps else None
    return [(_("Forms"), reverse("intake:forms")), (found.name, own), *steps]
