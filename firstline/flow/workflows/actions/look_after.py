"""Who looks after a workflow, what it is measured by, and when it is looked at again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, chosen
from firstline.core.events.record import record
from firstline.flow.workflows.events import ReviewDue, WorkflowLookedAfter
from firstline.flow.workflows.models import Workflow


@action("workflow.look_after", permission="workflow.edit")
def look_after(
    workflow: Workflow, owner: Any, review_on: date | None, metric: str, target: int, *, by: Any
) -> Workflow:
    """Say who looks after it, when it is looked at again, and what it should reach."""
    if owner is None or not owner.is_active:
        raise Refused(_("Somebody has to look after it."))
    if review_on is None:
        raise Refused(_("Say when it is looked at again."))
    if not 1 <= target <= 100:
        raise Refused(_("The goal is between 1 and 100 percent."))
    workflow.owner, workflow.review_on, workflow.target = owner, review_on, target
    workflow.metric = chosen(Workflow.Metric, metric)
    workflow.save(update_fields=["owner", "review_on", "metric", "target"])
    record(workflow, WorkflowLookedAfter, by=by, owner=owner.pk, review_on=f"{review_on}", target=target)
    return workflow


@action("workflow.remind_of_review", permission="workflow.edit")
def remind_of_review(workflow: Workflow, *, by: Any) -> None:
    """Point out that it should be looked at again; once for each day that was set."""
    workflow.reminded_on = workflow.review_on
    workflow.save(update_fields=["reminded_on"])
    record(workflow, ReviewDue, by=by, on=f"{workflow.review_on}")


def remind_of_reviews() -> bool:
    """All in use whose day has come, and whose owner was not told of this day yet."""
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    due = Workflow.objects.filter(review_on__lte=today, state=Workflow.State.PUBLISHED, owner__isnull=False)
    for each in due.filter(Q(reminded_on__isnull=True) | ~Q(reminded_on=F("review_on")))[:100]:
        remind_of_review(each, by=None)
    return False
