"""Who was given which role, and who lost it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from firstline.core.events import EventKind

from .models import Role

if TYPE_CHECKING:
    from firstline.core.events.models import Event


def _role(event: Event) -> str:
    key = str(event.facts.get("role", ""))
    return str(Role(key).label) if key in Role.values else key


class AccessGranted(EventKind):
    """About the person. Facts: `role`, `team`, `kind`."""

    key = "access.granted"
    noun = "person"
    icon = "lock"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("gave the role %(role)s") % {"role": _role(event)}


class AccessRevoked(EventKind):
    """About the person. Facts: `role`, `team`, `kind`."""

    key = "access.revoked"
    noun = "person"
    icon = "lock"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took the role %(role)s away") % {"role": _role(event)}
