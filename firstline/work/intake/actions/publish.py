"""Publishing a form, going back to the version before, and taking a form out of use."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.intake.events import FormChanged, FormPublished
from firstline.work.intake.models import Form, FormVersion
from firstline.work.intake.queries.words import troubles_of

State = FormVersion.State


@action("form.publish", permission="catalog.edit")
def publish(form: Form, *, by: Any) -> FormVersion:
    """Publish the draft. Whoever is filling in the version before goes on with that one."""
    versions = _locked(form)
    draft = next((each for each in versions if each.state == State.DRAFT), None)
    if draft is None:
        raise Refused(_("There is no draft to publish: nothing has changed."))
    if troubles := troubles_of(draft):
        raise Refused(troubles[0].sentence)
    before = next((each for each in versions if each.state == State.PUBLISHED), None)
    if before is not None:
        _retire(before)
    draft.undo, draft.redo = [], []
    _put_in_force(draft, by)
    form.is_retired = False
    form.save(update_fields=["is_retired"])
    record(form, FormPublished, by=by, name=form.name, version=draft.number, back=False)
    return draft


@action("form.go_back", permission="catalog.edit")
def go_back(form: Form, *, by: Any) -> FormVersion:
    """Undo a publication: the version before is in force again, what was published becomes the draft."""
    versions = _locked(form)
    current = next((each for each in versions if each.state == State.PUBLISHED), None)
    retired = [each for each in versions if each.state == State.RETIRED and each.published_at is not None]
    before = max(retired, key=lambda each: each.number, default=None)
    if current is None or before is None or before.number > current.number:
        raise Refused(_("There is no version before this one."))
    _retire(current)
    if all(each.state != State.DRAFT for each in versions):
        number = max(each.number for each in versions) + 1
        FormVersion.objects.create(form=form, number=number, definition=current.definition)
    _put_in_force(before, by)
    record(form, FormPublished, by=by, name=form.name, version=before.number, back=True)
    return before


@action("form.retire", permission="catalog.edit")
def retire(form: Form, *, by: Any) -> Form:
    """Take the form out of use; what was filled in stays."""
    for version in _locked(form):
        if version.state == State.PUBLISHED:
            _retire(version)
    form.is_retired = True
    form.save(update_fields=["is_retired"])
    record(form, FormChanged, by=by, name=form.name, what="retired")
    return form


def _locked(form: Form) -> list[FormVersion]:
    Form.objects.select_for_update().get(pk=form.pk)
    return list(FormVersion.objects.filter(form=form).order_by("number"))


def _retire(version: FormVersion) -> None:
    version.state, version.retired_at = State.RETIRED, clock.now()
    version.save(update_fields=["state", "retired_at"])


def _put_in_force(version: FormVersion, by: Any) -> None:
    version.state, version.published_at, version.published_by = State.PUBLISHED, clock.now(), by
    version.retired_at = None
    version.save()
