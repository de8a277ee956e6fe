from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class TokenCreated(EventKind):
    """Facts: {"name": text, "scope": read or write}."""

    key = "api_token.created"
    noun = "api_token"
    icon = "key"

    @classmethod
    def describe(cls, event: Event) -> str:
        return str(_("made the API token “%(name)s”") % event.facts)


class TokenRevoked(EventKind):
    """Facts: {"name": text}."""

    key = "api_token.revoked"
    noun = "api_token"
    icon = "key"

    @classmethod
    def describe(cls, event: Event) -> str:
        return str(_("revoked the API token “%(name)s”") % event.facts)
