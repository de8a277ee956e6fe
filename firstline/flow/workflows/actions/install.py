"""From the shelf into use: teams of the house stand in for those of the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.flow.workflows.engine.shelf import template, with_stand_ins
from firstline.flow.workflows.models import Version, Workflow
from firstline.flow.workflows.queries.shelf import asked_by, text_of
from firstline.people.teams.models import Team

from .draft import save_draft
from .publish import publish


@action("workflow.install", permission="workflow.edit")
def install(key: str, size: str, teams: Mapping[str, Team], *, by: Any) -> Version:
    """Install a workflow from the shelf. Where it is in use already, it becomes the draft of its next version."""
    found = template(key)
    if found is None or size not in found.files:
        raise Refused(_("There is no such template."))
    missing = [word for word in asked_by(found, size) if word not in teams]
    if missing:
        raise Refused(_("Say which team stands in for “%(word)s”.") % {"word": missing[0]})
    text = with_stand_ins(text_of(found, size), {word: team.name for word, team in teams.items()})
    workflow = Workflow.objects.filter(key=found.key).first()
    draft, problems = save_draft(workflow, text, by=by)
    if draft.workflow.state == Workflow.State.PUBLISHED:
        return draft
    if problems:
        raise Refused(_("It cannot be published yet: %(problem)s") % {"problem": problems[0]})
    return publish(draft.workflow, by=by)
