from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action, chosen
from firstline.core.events.record import record
from firstline.doors.api.events import TokenCreated, TokenRevoked
from firstline.doors.api.models import ApiToken

PREFIX = "fl_"
MOST = 50


@action("api_token.create", permission="token.manage")
def create_token(
    person: Any, name: str, *, scope: str = ApiToken.Scope.READ, expires_at: datetime | None = None, by: Any
) -> tuple[ApiToken, str]:
    """Make a token for oneself. The secret is returned once and never again."""
    if by is not None and by.pk != person.pk:
        raise NotAllowed("Tokens are made by the person they act as.")
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused(_("Say what the token is for, so that you know it again."))
    if ApiToken.objects.filter(person=person, revoked_at__isnull=True).count() >= MOST:
        raise Refused(_("You have 50 tokens. Revoke one that you do not need any more."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        person=person,
        name=name,
        scope=chosen(ApiToken.Scope, scope),
        start=secret[:9],
        digest=digest_of(secret),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    record(token, TokenCreated, by=by, name=name, scope=token.scope)
    return token, secret


@action("api_token.revoke", permission="token.manage")
def revoke_token(token: ApiToken, *, by: Any) -> ApiToken:
    """Make a token worthless at once."""
    if by is not None and by.pk != token.person_id:
        raise NotAllowed("Tokens are revoked by the person they act as.")
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(token, TokenRevoked, by=by, name=token.name)
    return token


def digest_of(secret: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
