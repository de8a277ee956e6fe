from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action, at_the_end, held, may
from firstline.core.actions.acting import circumstances
from firstline.core.database.prepared import Prepared, give, insert, take_back
from firstline.core.events.record import record
from firstline.people.organisations.models import Membership
from firstline.people.teams.models import Team
from firstline.work.tickets.events import TicketOpened
from firstline.work.tickets.models import Category, Filing, Kind, Risk, StatusType, Ticket
from firstline.work.tickets.queries import first_status

from ._change import hold, status_fields
from .judge import judged

SUBJECT_LENGTH = 300


@action("ticket.open", permission="ticket.ask")
def open_ticket(
    requester: Any,
    subject: str,
    *,
    kind: str = Kind.INCIDENT,
    category: Category | None = None,
    team: Team | None = None,
    impact: int | None = None,
    urgency: int | None = None,
    risk: str = "",
    people_affected: int | None = None,
    custom: dict[str, Any] | None = None,
    source: str | None = None,
    external_reference: str = "",
    words: str = "",
    owner: Any | None = None,
    filing: Filing | None = None,
    by: Any,
) -> Ticket:
    """Open a ticket for somebody.

    `words` are what its first message will say, for the rules that look at it at once. `owner` is who will take it
    in the next moment, so that it is offered to nobody else. `filing` is the form it was asked for by: rules
    may look at it, too.
    """
    if by is not None and by.pk != requester.pk and not may(by, "ticket.open"):
        raise NotAllowed("Only the desk opens tickets for others.")
    subject = " ".join(subject.split())[:SUBJECT_LENGTH]
    if not subject:
        raise Refused(_("A ticket needs a subject: a few words that say what it is about."))
    memberships = _memberships(requester.pk)
    membership = memberships[0] if memberships else None
    ticket = Ticket(
        kind=Kind(kind),
        subject=subject,
        requester=requester,
        opened_by=by,
        people_affected=people_affected,
        organisation_id=membership.organisation_id if membership else None,
        department_id=membership.department_id if membership else None,
        category=category,
        team=team,
        impact=impact,
        urgency=urgency,
        risk=Risk(risk),
        custom=custom or {},
        source=source or circumstances().via,
        external_reference=external_reference,
        created_at=clock.now(),
        updated_at=clock.now(),
        **status_fields(first_status(kind, StatusType.NEW)),
    )
    ticket.opening_words, ticket.is_spoken_for = words, owner is not None
    ticket.requester_is_vip = any(each.is_vip for each in memberships)
    ticket.priority, ticket.priority_reason = judged(ticket)
    insert(ticket)
    give(ticket, "participants", [])  # known for this change only
    at_the_end(("participants", ticket.pk), lambda: take_back(ticket, "participants"))
    if filing is not None:
        filing.ticket = ticket
        filing.save(force_insert=True)
    hold(ticket)
    held()["opened", ticket.pk] = True
    record(ticket, TicketOpened, by=by, source=ticket.source, subject=subject, requester=requester.pk)
    ticket.opening_words, ticket.is_spoken_for = None, False
    return ticket


_memberships = Prepared(lambda person: Membership.objects.filter(person=person).order_by("pk"), int)
