from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession

from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.people.accounts.events import SessionsEnded
from firstline.people.accounts.models import Person


@action("person.end_sessions", permission="person.deactivate")
def end_sessions(person: Person, *, by: Any) -> int:
    """End all sessions of somebody: they are signed out everywhere."""
    count = forget_sessions(person)
    record(person, SessionsEnded, by=by, count=count)
    return count


def forget_sessions(person: Person, *, except_key: str | None = None) -> int:
    """Delete the sessions themselves, so that reactivating somebody does not bring old ones back to life."""
    sessions = UserSession.objects.filter(user_id=person.pk).exclude(session_key=except_key or "")
    ended = list(sessions)
    for session in ended:
        session.end()
    return len(ended)
