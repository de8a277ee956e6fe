"""Writing a workflow. What was typed is kept, whatever is wrong with it; what is wrong is told."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.workflows.engine.definition import Problem
from firstline.flow.workflows.engine.definition.reading import LONGEST
from firstline.flow.workflows.events import DraftSaved
from firstline.flow.workflows.models import Version, Workflow
from firstline.flow.workflows.queries.checking import checked

_NAMED = re.compile(r"^workflow:\s*[\"']?([a-z][a-z0-9_-]{0,59})[\"']?\s*$", re.MULTILINE)


@action("workflow.save_draft", permission="workflow.edit")
def save_draft(workflow: Workflow | None, text: str, *, by: Any) -> tuple[Version, list[Problem]]:
    """Keep a draft of the next version as it was typed, and say what would keep it from being published."""
    if len(text) > LONGEST:
        raise Refused(_("The document is too long."))
    if workflow is None:
        workflow = _new(text, by=by)
    else:
        workflow.refresh_from_db(from_queryset=Workflow.objects.select_for_update(of=("self",)))
    draft = Version.objects.filter(workflow=workflow, state=Version.State.DRAFT).first()
    if draft is None:
        last = Version.objects.filter(workflow=workflow).aggregate(last=Max("number"))["last"] or 0
        draft = Version(workflow=workflow, number=last + 1)
    definition, problems = checked(text, key=workflow.key)
    draft.text, draft.saved_by, draft.saved_at = text, by, clock.now()
    draft.save()
    if definition is not None and workflow.state == Workflow.State.DRAFT:
        workflow.name, workflow.goal = definition.name[:200] or workflow.key, definition.goal
        workflow.save(update_fields=["name", "goal"])
    record(workflow, DraftSaved, by=by, version=draft.number)
    return draft, problems


def _new(text: str, *, by: Any) -> Workflow:
    named = _NAMED.search(text)
    key = named[1] if named else ""
    if key and Workflow.objects.filter(key=key).exists():
        raise Refused(_("There is a workflow “%(key)s” already. Give this one another name.") % {"key": key})
    if not key or key in {"new", "stuck", "templates", "systems"}:  # pages of their own
        raise Refused(_("Say in a line of its own what it is called: “workflow: new-laptop”."))
    workflow = Workflow(key=key, name=key, owner=by)
    workflow.save(force_insert=True)
    return workflow
