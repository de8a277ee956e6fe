"""Who is asking, found anew for each page: two queries that every page pays for, so they are prepared."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from firstline.core.database.prepared import Prepared
from firstline.people.accounts.models import Person


class SessionStore(DatabaseSessions):
    """Django's sessions in the database (`SESSION_ENGINE` names this module)."""

    def _get_session_from_db(self) -> Session | None:
        for session in _sessions(str(self.session_key)):
            if session.expire_date > timezone.now():
                return session
        self._session_key = None
        return None


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's back end."""

    def get_user(self, user_id: Any) -> Person | None:
        found = _people(user_id) if isinstance(user_id, int) else []
        return next((person for person in found if self.user_can_authenticate(person)), None)


_sessions = Prepared(lambda key: Session.objects.filter(session_key=key), str)
_people = Prepared(lambda person: Person.objects.filter(pk=person), int)
