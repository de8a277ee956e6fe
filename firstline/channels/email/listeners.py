"""What makes us read and write mails. What we write is a row of the same transaction; the worker sends it."""

from __future__ import annotations

from typing import Any

from firstline.core import live
from firstline.core.actions import may
from firstline.core.events import later, on
from firstline.core.events.models import Event
from firstline.people.notifications.actions.deliver import plug_in_mail
from firstline.work.conversations.events import Replied
from firstline.work.conversations.models import Message
from firstline.work.tickets.events import TicketStatusChanged
from firstline.work.tickets.models import StatusType

from .actions.write import write_notice, write_reply, write_solved
from .events import MailboxCheckAsked, MailReceived
from .jobs.fetching import check
from .jobs.reading import read_mail


@later(MailReceived)
def read_what_came(event: Event) -> None:
    """A stored mail is read by the worker, a moment after it was acknowledged."""
    read_mail(event.subject_id)


@later(MailboxCheckAsked)
def try_the_mailbox(event: Event) -> None:
    """Somebody pressed “Test the connection”."""
    check(event.subject_id)


@on(Replied)
def send_answers_of_the_desk(event: Event, ticket: Any) -> None:
    """An answer reaches everybody on the ticket by mail."""
    if event.facts["from_desk"]:
        write_reply(ticket, Message.objects.select_related("author").get(pk=event.facts["message"]))


@on(TicketStatusChanged)
def ask_whether_it_is_solved(event: Event, ticket: Any) -> None:
    """When the desk says that it is solved, the requester is asked."""
    if event.facts.get("type") == StatusType.RESOLVED and event.via != "import":
        write_solved(ticket, by=event.actor)


plug_in_mail(write_notice)
live.topic("mailbox", lambda person, number: number is not None and may(person, "mail.manage"))
# The page of outgoing mail: told of every event about a mail or a ticket, which is what mails come from.
live.topic(
    "outbox", lambda person, number: number is None and may(person, "mail.view"), hears={"outgoing_mail", "ticket"}
)
live.harmless("raw_mail", "outgoing_mail")
