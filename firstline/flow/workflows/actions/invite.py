"""Moving an appointment that a run has invited people to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.flow.workflows.models import Invitation, Run
from firstline.work.tickets.actions._change import lock

from ._inviting import shift_invitation


@action("workflow.move_appointment", permission="workflow.repair")
def move_appointment(run: Run, invitation: int, begins_at: datetime, place: str = "", *, by: Any) -> list[Invitation]:
    """Put an appointment to another time or place; everybody invited gets the change."""
    run.ticket = lock(run.ticket)
    found = Invitation.objects.filter(run=run, pk=invitation, is_cancelled=False).first()
    if found is None:
        raise Refused(_("There is no such appointment any more."))
    if begins_at <= clock.now():
        raise Refused(_("An appointment begins in the future."))
    found.run = run
    return shift_invitation(found, begins_at, " ".join(place.split()), by=by)
