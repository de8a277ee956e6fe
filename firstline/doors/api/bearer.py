"""Who calls: a personal token in the Authorization header, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.database.hurry import if_it_is_quick
from firstline.core.database.prepared import Prepared

from .actions.tokens import digest_of
from .models import ApiToken

NOTE_USE_EVERY = timedelta(minutes=5)  # a write for every request would cost more than the request


_tokens = Prepared(lambda digest: ApiToken.objects.select_related("person").filter(digest=digest), str)


class Bearer(HttpBearer):
    """Finds the token; the request then acts as its person, with their rights and no more."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = next(iter(_tokens(digest_of(token))), None)
        if found is None or not found.is_alive or not found.person.is_active:
            return None
        if request.method not in {"GET", "HEAD"} and found.scope != ApiToken.Scope.WRITE:
            request.token_may_not_write = True  # type: ignore[attr-defined]
        request.user = found.person
        _note_use(found)
        return found


def _note_use(token: ApiToken) -> None:
    if token.last_used_at is None or clock.now() - token.last_used_at > NOTE_USE_EVERY:
        with acting(), if_it_is_quick():
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=clock.now())
