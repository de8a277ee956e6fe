"""What alerts tell."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class AlertSourceChanged(EventKind):
    """Facts: {"how": "saved" | "rotated"}. Never the secret."""

    key = "alert_source.changed"
    noun = "alert_source"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("how") == "rotated":
            return _("gave it a new address; the old one is worth nothing")
        return _("changed where alerts come from")


class AlertReceived(EventKind):
    key = "alert.received"
    noun = "alert_message"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("was received")


class AlertJoined(EventKind):
    """The same trouble was reported again, or changed. Facts: {"firing": n, "over": n}."""

    key = "ticket.alert_joined"
    noun = "ticket"
    icon = "alert"

    @classmethod
    def describe(cls, event: Event) -> str:
        n = event.facts.get("firing", 0)
        return ngettext("%(n)d alert of it fires now", "%(n)d alerts of it fire now", n) % {"n": n}


class AlertOver(EventKind):
    key = "ticket.alert_over"
    noun = "ticket"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("heard from monitoring that it is over")


class AlertFlaps(EventKind):
    key = "ticket.alert_flaps"
    noun = "ticket"
    icon = "refresh"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noticed that it comes and goes, and keeps it open until it is calm")
