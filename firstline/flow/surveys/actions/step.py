"""What happens when nobody answers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.surveys.events import ClosedWithoutAnswer, ConfirmationReminded
from firstline.flow.surveys.models import Asking, Feedback
from firstline.work.tickets.actions._change import lock
from firstline.work.tickets.actions.status import close
from firstline.work.tickets.models import StatusType

from .ask import end_asking


@action("confirmation.step", permission="job.repair")
def take_step(asking: Asking, *, by: Any) -> Asking:
    """Remind those who were asked, or close the ticket: whichever is due."""
    ticket = lock(asking.ticket)  # first the ticket, as whoever answers does: two who wait for each other never end
    asking.refresh_from_db(fields=["next_step", "next_due_at", "outcome"])
    if asking.next_due_at is None or asking.next_due_at > clock.now():
        return asking
    if ticket.state != StatusType.RESOLVED or ticket.merged_into_id is not None:
        end_asking(ticket, Asking.Outcome.TAKEN_BACK)
        return asking
    if asking.next_step == Asking.Step.REMIND:
        return _remind(asking)
    end_asking(ticket, Asking.Outcome.NO_ANSWER)
    days = (clock.now() - asking.asked_at).days
    record(ticket, ClosedWithoutAnswer, asking=asking.pk, asked_at=asking.asked_at.isoformat(), days=days)
    with suppress(Refused):  # if something stands against it, whoever looks after it sees that nobody answered
        close(ticket, by=None)
    return asking


def _remind(asking: Asking) -> Asking:
    asking.next_step = Asking.Step.CLOSE if asking.closes_at else ""
    asking.next_due_at = asking.closes_at
    asking.save(update_fields=["next_step", "next_due_at"])
    waiting = list(
        Feedback.objects.filter(asking=asking, answered_at__isnull=True, expires_at__gt=clock.now()).order_by("id")
    )
    if waiting:
        record(
            asking.ticket,
            ConfirmationReminded,
            asking=asking.pk,
            people=[each.person_id for each in waiting],
            feedback=[each.pk for each in waiting],
        )
    return asking
