"""Into use, and out of use. Runs go on with the version they began with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.workflows.engine.definition import Definition, Start, document
from firstline.flow.workflows.engine.definition.steps import EventTrigger, ScheduleTrigger
from firstline.flow.workflows.events import VersionPublished, WorkflowRetired
from firstline.flow.workflows.models import Version, Way, Workflow
from firstline.flow.workflows.queries.checking import checked
from firstline.flow.workflows.rules import BY_CALENDAR, next_moment

LOOKED_AT_AGAIN = timedelta(days=182)


@action("workflow.publish", permission="workflow.edit")
def publish(workflow: Workflow, *, by: Any) -> Version:
    """Put the draft into use: new runs take it, and the version before is retired."""
    workflow.refresh_from_db(from_queryset=Workflow.objects.select_for_update(of=("self",)))
    draft = Version.objects.filter(workflow=workflow, state=Version.State.DRAFT).first()
    if draft is None:
        raise Refused(_("There is no draft to publish."))
    definition, problems = checked(draft.text, key=workflow.key)
    if definition is None or problems:
        raise Refused(_("It cannot be published yet: %(problem)s") % {"problem": problems[0]})
    _retire_versions(workflow)
    now = clock.now()
    draft.state, draft.document = Version.State.PUBLISHED, document(definition)
    draft.published_by, draft.published_at = by, now
    draft.save()
    _open_ways(draft, definition)
    workflow.name, workflow.goal, workflow.state = definition.name[:200], definition.goal, Workflow.State.PUBLISHED
    if workflow.review_on is None:  # nothing in use is never looked at again
        workflow.review_on = clock.now().date() + LOOKED_AT_AGAIN
    if workflow.owner_id is None:
        workflow.owner = by
    workflow.save(update_fields=["name", "goal", "state", "review_on", "owner"])
    record(workflow, VersionPublished, by=by, version=draft.number)
    return draft


@action("workflow.retire", permission="workflow.edit")
def retire(workflow: Workflow, *, by: Any) -> Workflow:
    """Start it no more. What is under way goes on to its end."""
    workflow.refresh_from_db(from_queryset=Workflow.objects.select_for_update(of=("self",)))
    if workflow.state != Workflow.State.PUBLISHED:
        raise Refused(_("It is not in use."))
    number = _retire_versions(workflow)
    workflow.state = Workflow.State.RETIRED
    workflow.save(update_fields=["state"])
    record(workflow, WorkflowRetired, by=by, version=number)
    return workflow


def _retire_versions(workflow: Workflow) -> int | None:
    version = Version.objects.filter(workflow=workflow, state=Version.State.PUBLISHED).first()
    if version is None:
        return None
    version.state, version.retired_at = Version.State.RETIRED, clock.now()
    version.save(update_fields=["state", "retired_at"])
    Way.objects.filter(version=version).delete()
    return version.number


def _open_ways(version: Version, definition: Definition) -> None:
    Way.objects.bulk_create(
        Way(version=version, step=step.id, event=step.trigger.event, condition=step.trigger.when or "")
        for step in definition.steps
        if isinstance(step, Start) and isinstance(step.trigger, EventTrigger)
    )
    Way.objects.bulk_create(
        Way(
            version=version,
            step=step.id,
            event=BY_CALENDAR,
            condition=step.trigger.cron,
            next_at=next_moment(step.trigger.cron, clock.now()),
        )
        for step in definition.steps
        if isinstance(step, Start) and isinstance(step.trigger, ScheduleTrigger)
    )
