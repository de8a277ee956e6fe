"""Reads. Each begins with who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from firstline.core.database.prepared import Prepared, give
from firstline.core.events import names
from firstline.core.events.models import Event
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import around, events_of, visible_to
from firstline.work.tickets.rules import reads_internals

from .events import Noted, Replied
from .models import Attachment, Draft, Message, Visibility

# The message itself is shown in their place.
TOLD_BY_THE_MESSAGE = {Replied.key, Noted.key}


@dataclass(slots=True)
class Entry:
    """One thing in a timeline: a message, or a run of events that is folded when long."""

    message: Message | None = None
    events: list[Event] = field(default_factory=list)


def messages_visible_to(person: Any, ticket: Ticket) -> QuerySet[Message]:
    """The messages of this ticket (and of those merged into it) that the person may read, oldest first."""
    found = Message.objects.filter(ticket__in=[ticket.pk, *(each["id"] for each in around(ticket).merged)])
    if not reads_internals(person, ticket):
        found = found.filter(visibility=Visibility.PUBLIC)
    return (
        found.select_related("author")
        .prefetch_related(Prefetch("attachments", Attachment.objects.order_by("id")))
        .order_by("id")
    )


def timeline(
    ticket: Ticket, person: Any, *, as_requester: bool = False, known: names.Names | None = None
) -> list[Entry]:  # fmt: skip
    """Messages and events in the order they happened; events between two messages form one run. `known`: names."""
    messages = _messages(ticket, person, as_requester=as_requester)
    happened: list[tuple[Any, int, Message | Event]] = [(each.created_at, 0, each) for each in messages]
    history = events_of(ticket, person, as_requester=as_requester, known=known)
    happened += [(each.at, 1, each) for each in history if each.kind not in TOLD_BY_THE_MESSAGE]
    happened.sort(key=lambda each: (each[0], each[1], each[2].pk))
    entries: list[Entry] = []
    for _at, _order, thing in happened:
        if isinstance(thing, Message):
            entries.append(Entry(message=thing))
        elif entries and entries[-1].message is None:
            entries[-1].events.append(thing)
        else:
            entries.append(Entry(events=[thing]))
    return entries


def _messages(ticket: Ticket, person: Any, *, as_requester: bool) -> Iterable[Message]:
    """What `messages_visible_to` says; for a ticket that nothing was merged into, by queries made once."""
    if around(ticket).merged:
        found = messages_visible_to(person, ticket)
        return found.filter(visibility=Visibility.PUBLIC) if as_requester else found
    visible = [Visibility.PUBLIC.value]
    if not as_requester and reads_internals(person, ticket):
        visible.append(Visibility.INTERNAL.value)
    messages = _messages_of_one(ticket.pk, visible[0], visible[-1])
    files: dict[int, list[Attachment]] = {}
    for file in _files_of_one(ticket.pk) if messages else ():
        files.setdefault(file.message_id, []).append(file)
    for message in messages:
        give(message, "attachments", files.get(message.pk, ()))
    return messages


_messages_of_one = Prepared(
    lambda ticket, one, other: Message.objects.filter(
        Q(visibility=one) | Q(visibility=other), ticket=ticket
    ).select_related("author").order_by("id"),
    int, str, str,
)  # fmt: skip
_files_of_one = Prepared(lambda ticket: Attachment.objects.filter(message__ticket=ticket).order_by("id"), int)


def attachment_visible_to(person: Any, pk: int) -> Attachment | None:
    """An attachment, if the person may read the message it hangs on: the same check each time."""
    attachment = Attachment.objects.select_related("message__ticket__merged_into").filter(pk=pk).first()
    if attachment is None:
        return None
    message = attachment.message
    ticket = message.ticket.merged_into or message.ticket
    seen = visible_to(person).filter(pk__in=[ticket.pk, message.ticket_id]).exists()
    if not seen or not messages_visible_to(person, ticket).filter(pk=message.pk).exists():
        return None
    return attachment


def draft_of(person: Any, ticket: Ticket) -> dict[str, str]:
    """What this person was writing here, by visibility."""
    return dict(_drafts(person.pk, ticket.pk))


_drafts = Prepared(
    lambda person, ticket: Draft.objects.filter(person=person, ticket=ticket).values_list("visibility", "text"),
    int, int,
)  # fmt: skip
