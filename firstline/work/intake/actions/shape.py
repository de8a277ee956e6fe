"""Making and changing a form. Every change of its questions can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.intake.engine.questions import Malformed, Question, dump, load
from firstline.work.intake.events import FormChanged
from firstline.work.intake.models import Form, FormVersion

MOST_STEPS_BACK = 50


@action("form.make", permission="catalog.add")
def make_form(
    name: str, *, questions: Sequence[Question] = (), key: str = "", languages: Sequence[str] = (),
    owner: Any | None = None, by: Any,
) -> Form:  # fmt: skip
    """Make a form, which belongs to whoever makes it unless another owner is named."""
    name = _named(name)
    form = Form(
        key=_free_key(key or slugify(name) or "form"), name=name, owner=owner or by, languages=_languages(languages)
    )
    form.save()
    FormVersion.objects.create(form=form, number=1, definition=_checked(questions))
    record(form, FormChanged, by=by, name=form.name, what="made")
    return form


@action("form.name", permission="catalog.edit")
def name_form(
    form: Form, *, name: str, languages: Sequence[str] | None = None, owner: Any | None = None, by: Any
) -> Form:
    """Give the form another name, other languages or another owner."""
    form.name = _named(name)
    if languages is not None:
        form.languages = _languages(languages)
    if owner is not None:
        form.owner = owner
    form.save()
    record(form, FormChanged, by=by, name=form.name, what="named")
    return form


@action("form.edit", permission="catalog.edit")
def edit(form: Form, questions: Sequence[Question], *, by: Any) -> FormVersion:
    """Change what the form asks: in its draft, which is made of what is published where there is none."""
    draft = _locked_draft(form)
    definition = _checked(questions)
    if definition == draft.definition:
        return draft
    draft.undo = [*draft.undo, draft.definition][-MOST_STEPS_BACK:]
    draft.redo = []
    _write(draft, definition)
    record(form, FormChanged, by=by, name=form.name, what="edited")
    return draft


@action("form.undo", permission="catalog.edit")
def undo(form: Form, *, by: Any) -> FormVersion:
    """Take back the last change of the draft."""
    draft = _locked_draft(form)
    if not draft.undo:
        raise Refused(_("There is nothing to take back."))
    draft.redo = [*draft.redo, draft.definition][-MOST_STEPS_BACK:]
    *draft.undo, before = draft.undo
    _write(draft, before)
    record(form, FormChanged, by=by, name=form.name, what="undone")
    return draft


@action("form.redo", permission="catalog.edit")
def redo(form: Form, *, by: Any) -> FormVersion:
    """Do again what was taken back."""
    draft = _locked_draft(form)
    if not draft.redo:
        raise Refused(_("There is nothing to do again."))
    draft.undo = [*draft.undo, draft.definition][-MOST_STEPS_BACK:]
    *draft.redo, after = draft.redo
    _write(draft, after)
    record(form, FormChanged, by=by, name=form.name, what="redone")
    return draft


def _locked_draft(form: Form) -> FormVersion:
    """The draft under a lock; made from the published version, or the last one, if there is none."""
    Form.objects.select_for_update().get(pk=form.pk)
    versions = list(FormVersion.objects.filter(form=form).order_by("-number"))
    draft = next((each for each in versions if each.state == FormVersion.State.DRAFT), None)
    if draft is not None:
        return draft
    base = next((each for each in versions if each.state == FormVersion.State.PUBLISHED), versions[0])
    return FormVersion.objects.create(form=form, number=versions[0].number + 1, definition=base.definition)


def _write(draft: FormVersion, definition: dict[str, Any]) -> None:
    draft.definition, draft.changed_at = definition, clock.now()
    draft.save()


def _checked(questions: Sequence[Question]) -> dict[str, Any]:
    """Written down as it will be read; what cannot be read again is refused before it is kept."""
    kept = dump(questions)
    try:
        load(kept)
    except Malformed as error:
        raise Refused(_("This form cannot be kept: %(where)s.") % {"where": error}) from error
    return kept


def _named(name: str) -> str:
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused(_("A form needs a name."))
    return name


def _languages(asked: Sequence[str]) -> list[str]:
    known = [code for code, _name in settings.LANGUAGES]
    return [code for code in known if code in asked] or ["en"]


def _free_key(wanted: str) -> str:
    base, number = wanted[:36], 2
    key = base
    while Form.objects.filter(key=key).exists():
        key, number = f"{base}-{number}", number + 1
    return key
