"""Whom a message concerns. Answers of the desk reach the requester's side by mail (channels/email), so that no notice

of the same goes to them by mail; a note, and what it says, is read by the desk only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, Reason, declare
from firstline.people.notifications.models import Notice
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import people_of, visible_to, workers_of

from .events import Noted, Replied
from .models import Mention, Message
from .queries import messages_visible_to

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH
LONGEST = 1500  # characters of a message in a mail; the rest is a click away


def what_was_said(notice: Notice, person: Any) -> Mapping[str, str]:
    """The words of the message, if this reader may read it now."""
    ticket = visible_to(person).filter(pk=notice.about_id or 0).first()
    message = notice.facts.get("message")
    found = messages_visible_to(person, ticket).filter(pk=message).first() if ticket and message else None
    if found is None:
        return {}
    return {"message": found.text if len(found.text) <= LONGEST else found.text[:LONGEST].rstrip() + "…"}


MESSAGE = {"message": gettext_lazy("what was said")}

ANSWER = declare(
    Kind(
        "conversation.answer",
        label=gettext_lazy("The requester answers"),
        title=gettext_lazy("{actor} answered on #{number}: {subject}"),
        text=gettext_lazy("{message}"),
        desk={INBOX, MAIL, PUSH},
        facts=MESSAGE,
        more=what_was_said,
    )
)
REPLY = declare(
    Kind(
        "conversation.reply",
        label=gettext_lazy("The desk answers"),
        title=gettext_lazy("{actor} answered on #{number}: {subject}"),
        text=gettext_lazy("{message}"),
        desk={INBOX},
        others={INBOX, PUSH},
        for_others=True,
        facts=MESSAGE,
        more=what_was_said,
    )
)
NOTE = declare(
    Kind(
        "conversation.note",
        label=gettext_lazy("Somebody writes an internal note"),
        title=gettext_lazy("{actor} wrote a note on #{number}: {subject}"),
        text=gettext_lazy("{message}"),
        desk={INBOX},
        facts=MESSAGE,
        more=what_was_said,
    )
)
MENTION = declare(
    Kind(
        "conversation.mention",
        label=gettext_lazy("Somebody mentions you"),
        title=gettext_lazy("{actor} mentioned you on #{number}: {subject}"),
        text=gettext_lazy("{message}"),
        desk={INBOX, MAIL, PUSH},
        facts=MESSAGE,
        more=what_was_said,
    )
)


@later(Replied)
def tell_of_a_reply(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via == "import":
        return
    message = Message.objects.get(pk=event.facts["message"])
    people = people_of(ticket)
    side = {*people[Reason.REQUESTER], *people.get(Reason.AFFECTED, []), *people.get(Reason.CC, [])}
    if message.is_from_desk:
        # Each of them has the answer itself in the mail.
        notify(
            REPLY, people, about=ticket, event=event, facts={"message": message.pk}, occasion=_occasion(message),
            knows_by_mail=side, by=None,
        )  # fmt: skip
    else:
        notify(
            ANSWER, workers_of(ticket), about=ticket, event=event, facts={"message": message.pk},
            occasion=_occasion(message), knows_by_mail=side, by=None,
        )  # fmt: skip


@later(Noted)
def tell_of_a_note(event: Event) -> None:
    """Whoever is mentioned is told of that; the others who work on it, of the note. One notice for one message."""
    ticket = Ticket.objects.get(pk=event.subject_id)
    if event.via == "import":
        return
    message = Message.objects.get(pk=event.facts["message"])
    mentioned = list(Mention.objects.filter(message=message).values_list("person_id", flat=True))
    common: dict[str, Any] = {
        "about": ticket, "event": event, "facts": {"message": message.pk}, "occasion": _occasion(message), "by": None,
    }  # fmt: skip
    notify(MENTION, {Reason.MENTIONED: mentioned}, **common)
    notify(NOTE, workers_of(ticket), besides=mentioned, **common)


def _occasion(message: Message) -> str:
    return f"message:{message.pk}"
