from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind

if TYPE_CHECKING:
    from firstline.core.events.models import Event


class SilenceBegun(EventKind):
    key = "silence.begun"
    noun = "silence"
    icon = "bell-off"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("stopped everything that leaves this machine: %(reason)s") % {"reason": event.facts["reason"]}


class SilenceEnded(EventKind):
    key = "silence.ended"
    noun = "silence"
    icon = "bell"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("let mail, chat and webhooks leave this machine again")
