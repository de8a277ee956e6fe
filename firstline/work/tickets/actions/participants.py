from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, chosen, may
from firstline.core.database.prepared import take_back
from firstline.core.events.record import record
from firstline.work.tickets.events import ParticipantAdded, ParticipantRemoved
from firstline.work.tickets.models import Participant, Ticket

from ._change import lock, must_be_live


@action("ticket.add_participant", permission="ticket.edit")
def add_participant(ticket: Ticket, person: Any, role: str, *, by: Any) -> Ticket:
    """Give somebody a part in the ticket: watcher, collaborator, affected or in copy."""
    lock(ticket)
    must_be_live(ticket)
    wanted = chosen(Participant.Role, role)
    if wanted in {Participant.Role.WATCHER, Participant.Role.COLLABORATOR} and not may(person, "desk.enter"):
        raise Refused(_("%(person)s does not work on the desk; add them as affected or in copy.") % {"person": person})
    _part, is_new = Participant.objects.get_or_create(
        ticket=ticket, person=person, role=wanted, defaults={"added_by": by, "added_at": clock.now()}
    )
    take_back(ticket, "participants")
    if is_new:
        record(ticket, ParticipantAdded, by=by, person=person.pk, role=wanted.value)
    return ticket


@action("ticket.remove_participant", permission="ticket.edit")
def remove_participant(ticket: Ticket, person: Any, role: str, *, by: Any) -> Ticket:
    """Take somebody's part in the ticket away."""
    lock(ticket)
    taken = chosen(Participant.Role, role)
    take_back(ticket, "participants")
    removed, _per_model = Participant.objects.filter(ticket=ticket, person=person, role=taken).delete()
    if removed:
        record(ticket, ParticipantRemoved, by=by, person=person.pk, role=taken.value)
    return ticket


@action("ticket.watch", permission="ticket.watch")
def watch(ticket: Ticket, *, by: Any) -> Ticket:
    """Be told about everything that happens to the ticket."""
    return _watching(ticket, by, True)


@action("ticket.unwatch", permission="ticket.watch")
def unwatch(ticket: Ticket, *, by: Any) -> Ticket:
    """Be told no more."""
    return _watching(ticket, by, False)


def _watching(ticket: Ticket, person: Any, is_watching: bool) -> Ticket:
    parts = Participant.objects.filter(ticket=ticket, person=person, role=Participant.Role.WATCHER)
    take_back(ticket, "participants")
    if is_watching and not parts.exists():
        Participant(ticket=ticket, person=person, role=Participant.Role.WATCHER, added_by=person).save()
        record(ticket, ParticipantAdded, by=person, person=person.pk, role="watcher")
    elif not is_watching and parts.delete()[0]:
        record(ticket, ParticipantRemoved, by=person, person=person.pk, role="watcher")
    return ticket
