"""How every verb writes a ticket: lock it, change some fields, note when."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, held
from firstline.work.tickets.models import UNSOLVED, Status, Ticket


def lock(ticket: Ticket) -> Ticket:
    """Read the ticket again under a lock, so that two people changing it follow one another.

    Within one change the same ticket in memory is read once: it is ours until the change ends.
    """
    if held().get(("ticket", ticket.pk)) is not ticket:
        ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update(of=("self",)))
        hold(ticket)
    return ticket


def hold(ticket: Ticket) -> None:
    """This is the ticket as it is in the database, and nobody else can change it until the change ends."""
    held()["ticket", ticket.pk] = ticket


def was_opened_just_now(ticket: Ticket) -> bool:
    """Within the running change: nothing hangs on it that this change has not hung there."""
    return ("opened", ticket.pk) in held()


def change(ticket: Ticket, **fields: Any) -> None:
    """Write these fields, the time and the next version."""
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.updated_at = clock.now()
    ticket.version += 1
    ticket.save(update_fields=[*fields, "updated_at", "version"])


def status_fields(status: Status) -> dict[str, Any]:
    """What a status means for the columns that queues are indexed by."""
    return {"status": status, "state": status.type, "is_unsolved": status.type in UNSOLVED}


def must_be_live(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        raise Refused(
            _("#%(number)s goes on in #%(other)s. Change that one.")
            % {"number": ticket.pk, "other": ticket.merged_into_id}
        )
