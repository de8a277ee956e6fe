from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.entry import access
from firstline.core.events.models import Event
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.split import unsplit
from firstline.work.conversations.events import TicketSplit
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.edit import prioritise
from firstline.work.tickets.actions.merge import unmerge
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.events import (
    TicketAssigned,
    TicketMerged,
    TicketPrioritised,
    TicketRouted,
    TicketStatusChanged,
)
from firstline.work.tickets.models import Status, Ticket
from firstline.work.tickets.queries import visible_to

UNDO_SECONDS = 600
UNDOABLE = tuple(
    kind.key for kind in (TicketStatusChanged, TicketAssigned, TicketRouted, TicketPrioritised, TicketMerged)
)


@access("desk.enter")
@require_POST
def undo(request: HttpRequest, pk: int, event: int) -> HttpResponse:
    """Take back what an event did, by doing the opposite: it is an event of its own."""
    ticket = visible_to(request.user).filter(pk=pk).first()
    happened = Event.objects.filter(pk=event, subject_noun="ticket", subject_id=pk).first()
    if ticket is None or happened is None or happened.actor_id != request.user.pk:
        raise Http404
    _take_back(ticket, happened, request.user)
    messages.info(request, _("Taken back."))
    return HttpResponseRedirect(ticket.get_absolute_url())


@access("desk.enter")
@require_POST
def bulk_undo(request: HttpRequest, change: str) -> HttpResponse:
    """Take back what one change did to many tickets; what has moved on since then stays and is told."""
    taken_back, refused = 0, []
    for event in undoable(change, request.user).order_by("-id"):
        ticket = visible_to(request.user).filter(pk=event.subject_id).first()
        try:
            if ticket is not None:
                _take_back(ticket, event, request.user)
                taken_back += 1
        except (Refused, NotAllowed) as error:
            refused.append(f"#{event.subject_id}: {error}")
    if taken_back:
        messages.info(request, _("Taken back."))
    for sentence in refused[:5]:
        messages.warning(request, sentence)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("desk:queue") + (f"?{query}" if query else ""))


def undoable(change: str, person: Any) -> QuerySet[Event]:
    """What this person's change, known by the number of its request, did to tickets within the last minutes."""
    since = clock.now() - timedelta(seconds=UNDO_SECONDS)
    return Event.objects.filter(
        kind__in=UNDOABLE, at__gte=since, subject_noun="ticket", actor_id=person.pk, correlation=change
    )


def _take_back(ticket: Ticket, event: Event, person: Any) -> None:
    before = event.facts.get("from")
    match event.kind:
        case TicketStatusChanged.key:
            change_status(ticket, Status.objects.get(pk=before), by=person)
        case TicketAssigned.key:
            assign(ticket, Person.objects.filter(pk=before).first(), by=person)
        case TicketRouted.key:
            route(ticket, Team.objects.filter(pk=before).first(), by=person)
        case TicketPrioritised.key:
            prioritise(ticket, before, reason="", by=person)
        case TicketMerged.key:
            unmerge(ticket, by=person)
        case TicketSplit.key:
            unsplit(Ticket.objects.get(pk=event.facts["into"]), by=person)
        case _:
            raise Refused(_("This cannot be taken back."))
