"""What those who were asked do: accept, end, note what the supplier says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.escalation.events import EscalationAccepted, EscalationEnded, VendorAnswered, VendorReferenced
from firstline.flow.escalation.models import Escalation
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.models import Participant

from .follow import follow


@action("escalation.accept", permission="ticket.take")
def accept(escalation: Escalation, *, by: Any) -> Escalation:
    """Say that one has it now."""
    _lock(escalation)
    if escalation.accepted_at is not None:
        if escalation.accepted_by_id == (by.pk if by else None):
            return escalation
        raise Refused(_("%(person)s has taken it on already.") % {"person": escalation.accepted_by})
    escalation.accepted_by, escalation.accepted_at = by, clock.now()
    escalation.save(update_fields=["accepted_by", "accepted_at"])
    ticket = escalation.ticket
    record(ticket, EscalationAccepted, by=by, escalation=escalation.pk, step=escalation.step)
    if by is not None and by.pk not in {ticket.owner_id, ticket.requester_id}:
        add_participant(ticket, by, Participant.Role.COLLABORATOR, by=None)
    follow(ticket, by=None)
    return escalation


@action("escalation.end", permission="ticket.escalate")
def end(
    escalation: Escalation,
    outcome: str,
    *,
    first_level_could: bool | None = None,
    missing: str = "",
    by: Any,
) -> Escalation:
    """Say what came of it, and whether the first level could have done it, and with what."""
    _lock(escalation)
    escalation.outcome = Escalation.Outcome(outcome)
    escalation.first_level_could = first_level_could
    escalation.missing = " ".join(missing.split())[:300]
    escalation.ended_at = escalation.ended_at or clock.now()
    escalation.save(update_fields=["outcome", "first_level_could", "missing", "ended_at"])
    record(
        escalation.ticket, EscalationEnded, by=by, escalation=escalation.pk, outcome=escalation.outcome,
        first_level_could=first_level_could,
    )  # fmt: skip
    follow(escalation.ticket, by=None)
    return escalation


@action("escalation.vendor", permission="ticket.escalate")
def note_vendor(escalation: Escalation, *, reference: str = "", has_answered: bool = False, by: Any) -> Escalation:
    """Keep the supplier's own number, and that they have answered: their clock stops."""
    _lock(escalation)
    if escalation.vendor is None:
        raise Refused(_("No supplier was asked here."))
    reference = " ".join(reference.split())[:120]
    if reference and reference != escalation.vendor_reference:
        escalation.vendor_reference = reference
        record(
            escalation.ticket, VendorReferenced, by=by, escalation=escalation.pk, vendor=escalation.vendor.name,
            reference=reference,
        )  # fmt: skip
    if has_answered and escalation.vendor_answered_at is None:
        escalation.vendor_answered_at = clock.now()
        record(escalation.ticket, VendorAnswered, by=by, escalation=escalation.pk, vendor=escalation.vendor.name)
    escalation.save(update_fields=["vendor_reference", "vendor_answered_at"])
    return escalation


def _lock(escalation: Escalation) -> None:
    escalation.refresh_from_db(from_queryset=Escalation.objects.select_for_update(of=("self",)))
