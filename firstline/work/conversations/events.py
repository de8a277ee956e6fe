"""What can happen in a conversation. They happen to the ticket, so that its history has them."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class Replied(EventKind):
    """Facts: {"message": id, "from_desk": bool}, and "is_automatic" where nobody wrote it."""

    key = "conversation.replied"
    noun = "ticket"
    icon = "reply"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("replied")


class Noted(EventKind):
    """Facts: {"message": id}."""

    key = "conversation.noted"
    noun = "ticket"
    icon = "note"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("wrote an internal note")


class Mentioned(EventKind):
    """Facts: {"message": id, "people": [ids]}."""

    key = "conversation.mentioned"
    noun = "ticket"
    icon = "at"
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("mentioned %(people)s") % {"people": event.name("person", "people")}


class TicketSplit(EventKind):
    """On the ticket that messages were taken out of. Facts: {"into": number, "messages": [ids]}."""

    key = "conversation.split"
    noun = "ticket"
    icon = "split"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("moved %(count)d messages to the new ticket #%(number)s") % {
            "count": len(event.facts["messages"]),
            "number": event.facts["into"],
        }


class TicketSplitUndone(EventKind):
    """On the ticket that got its messages back. Facts: {"from": number, "messages": [ids]}."""

    key = "conversation.split_undone"
    noun = "ticket"
    icon = "merge"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took %(count)d messages back from #%(number)s") % {
            "count": len(event.facts["messages"]),
            "number": event.facts["from"],
        }
