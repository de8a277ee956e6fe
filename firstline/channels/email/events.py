"""What mail does to a ticket."""

from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class MailReceived(EventKind):
    """A mail was stored, and is to be read. Facts: {"way": smtp, lmtp, imap or pipe}."""

    key = "mail.received"
    noun = "raw_mail"
    icon = "mail"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("received a mail (%(way)s)") % {"way": event.facts["way"]}


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


class MailboxSaved(EventKind):
    """A mailbox was added or changed. Facts: {"changed": names of fields, "is_new": bool}."""

    key = "mailbox.saved"
    noun = "mailbox"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("added the mailbox") if event.facts["is_new"] else _("changed the mailbox")


class MailboxCheckAsked(EventKind):
    """Somebody wants to know whether a mailbox can be read."""

    key = "mailbox.check_asked"
    noun = "mailbox"
    icon = "refresh"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("tested the connection")


class MailboxFailed(EventKind):
    """A mailbox cannot be read, not for the first time. Facts: {"reason": sentence}."""

    key = "mailbox.failed"
    noun = "mailbox"
    icon = "alert"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("could not be read: %(reason)s") % {"reason": event.facts["reason"]}


class MailboxRecovered(EventKind):
    """A mailbox that could not be read can be read again."""

    key = "mailbox.recovered"
    noun = "mailbox"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("can be read again")


class MailSkipped(EventKind):
    """A mail stays on its server because it cannot be fetched. Facts: {"uid": number}."""

    key = "mailbox.skipped"
    noun = "mailbox"
    icon = "alert"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("skipped mail %(number)s, which cannot be fetched") % {"number": event.facts["uid"]}


class MailCameAgain(EventKind):
    """The same mail came to another mailbox, too: one ticket for both. Facts: {"mailbox": id, "mail": id}."""

    key = "mail.came_again"
    noun = "ticket"
    icon = "mail"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("got the same mail through another mailbox, too")


class MailAnswersElsewhere(EventKind):
    """The mail asks for answers at another address, which is not done. Facts: {"address": address}."""

    key = "mail.answers_elsewhere"
    noun = "ticket"
    icon = "alert"
    personal = ("address",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("asks for answers at %(address)s; we answer the sender") % {"address": event.facts["address"] or "—"}
