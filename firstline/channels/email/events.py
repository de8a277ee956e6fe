"""What mail does to a ticket."""

from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class MailBounced(EventKind):
    """Facts: {"to": address, "reason": text, "mail": id}."""

    key = "mail.bounced"
    noun = "ticket"
    icon = "alert"
    personal = ("to", "reason")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("heard that a mail did not reach %(address)s: %(reason)s") % {
            "address": event.facts["to"],
            "reason": event.facts.get("reason") or "—",
        }


class MailGivenUp(EventKind):
    """Facts: {"to": address, "reason": text, "mail": id}."""

    key = "mail.given_up"
    noun = "ticket"
    icon = "alert"
    personal = ("to", "reason")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("could not send a mail to %(address)s: %(reason)s") % {
            "address": event.facts["to"],
            "reason": event.facts.get("reason") or "—",
        }


class MailMentioned(EventKind):
    """A new ticket came by mail and names another one, which by itself gives nothing. Facts: {"ticket": number}."""

    key = "mail.mentioned"
    noun = "ticket"
    icon = "link"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("saw that the mail names #%(number)s; join them if they belong together") % {
            "number": event.facts["ticket"]
        }


class MailReleased(EventKind):
    """Somebody let a held mail become a ticket. Facts: {"mail": id}."""

    key = "mail.released"
    noun = "ticket"
    icon = "mail"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("released it from the mail that was held back")


class MailDiscarded(EventKind):
    """Somebody decided that a held mail stays where it is."""

    key = "mail.discarded"
    noun = "raw_mail"
    icon = "trash"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("left a mail aside")


class MailTriedAgain(EventKind):
    """Somebody had a mail sent again. Facts: {}."""

    key = "mail.tried_again"
    noun = "outgoing_mail"
    icon = "refresh"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("had a mail sent again")
