"""Who sees which ticket, as a filter; whether one person may act is people/access's `may`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q

from firstline.core import clock
from firstline.core.actions import may
from firstline.core.preferences.house import REOPEN_WINDOW_HOURS
from firstline.people.access.rules import BY_ROLE, hidden_from, scopes_of

from .models import Participant, StatusType, Ticket


def is_on_the_desk(person: Any) -> bool:
    """Whether this person sees tickets beyond those they have a part in."""
    return any("ticket.view" in BY_ROLE[scope.role] for scope in scopes_of(person))


def reads_internals(person: Any, ticket: Ticket) -> bool:
    """Whether they see of this ticket what only the desk sees: not where they have only asked for help themselves."""
    if not is_on_the_desk(person):
        return False
    return may(person, "ticket.note", ticket) or may(person, "audit.view")


def seen_by(person: Any) -> Q | None:
    """The condition under which `person` sees a ticket; None: every ticket without condition.

    Desk roles see the tickets of their scope; tickets of private teams only the team's members and
    the owner. Everybody sees the tickets they have a part in.
    """
    from_the_desk = seen_from_the_desk(person)
    if from_the_desk is None:
        return None
    involved = Q(requester=person) | _has_part(person, Participant.Role.AFFECTED, Participant.Role.CC)
    return from_the_desk | involved if is_on_the_desk(person) else involved


def seen_from_the_desk(person: Any) -> Q | None:
    """Likewise, but as somebody who works there: not what they have only asked for themselves, or read along."""
    scopes = [scope for scope in scopes_of(person) if "ticket.view" in BY_ROLE[scope.role]]
    if not scopes:
        return Q(pk__in=[])
    hidden = hidden_from(person)
    sees_all = any(scope.team is None and not scope.kind for scope in scopes)
    if sees_all and not hidden:
        return None
    involved = Q(owner=person) | _has_part(person, Participant.Role.COLLABORATOR)
    not_hidden = Q(team__isnull=True) | ~Q(team__in=hidden)
    if sees_all:
        return not_hidden | involved
    seen = involved
    for scope in scopes:
        if scope.team is not None and scope.team in hidden:
            continue
        part = Q(team=scope.team) if scope.team is not None else not_hidden
        seen |= part & Q(kind=scope.kind) if scope.kind else part
    return seen


def is_past_reopening(ticket: Ticket) -> bool:
    """Whether it was closed so long ago that what comes now is another matter, which gets a ticket of its own.

    What is solved and not yet closed is still being asked about: that can always be opened again.
    """
    if ticket.state != StatusType.CLOSED or ticket.closed_at is None:
        return False
    return ticket.closed_at + timedelta(hours=REOPEN_WINDOW_HOURS.get()) < clock.now()


def _has_part(person: Any, *roles: str) -> Q:
    parts = Participant.objects.filter(person=person, role__in=roles)
    return Q(pk__in=parts.values("ticket_id"))
