from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, chosen, may
from firstline.core.actions.acting import circumstances
from firstline.core.database.prepared import insert
from firstline.core.events.record import record
from firstline.core.text.markdown import to_html
from firstline.people.accounts.models import Person
from firstline.work.conversations.events import Mentioned, Noted, Replied
from firstline.work.conversations.models import Attachment, Draft, Mention, Message, Visibility
from firstline.work.tickets.actions._change import change, lock, must_be_live, was_opened_just_now
from firstline.work.tickets.actions.follow_up import open_follow_up
from firstline.work.tickets.actions.status import set_status
from firstline.work.tickets.models import StatusType, Ticket, Turn
from firstline.work.tickets.queries import first_status
from firstline.work.tickets.rules import is_past_reopening

LONGEST_TEXT = 1_000_000
_MENTION = re.compile(r"(?<![\w@.])@([\w.+-]{2,64})")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file whose bytes are already stored and synced in core/files."""

    name: str
    type: str
    size: int
    sha256: str
    content_id: str = ""
    is_inline: bool = False
    is_decoration: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail said, as its reader made it out: sanitised, with what was trimmed kept apart."""

    text: str
    html: str = ""
    trimmed_text: str = ""
    trimmed_html: str = ""


@action("ticket.reply", permission="ticket.reply")
def reply(
    ticket: Ticket,
    text: str | Body,
    *,
    files: Sequence[NewFile] = (),
    author: Person | None = None,
    doubt: str = "",
    by: Any,
) -> Message:
    """Answer on the ticket; everybody on it reads this. Long after it was closed, a new ticket follows it."""
    lock(ticket)
    must_be_live(ticket)
    writer = author or by
    from_desk = writer is not None and writer.pk != ticket.requester_id and may(writer, "ticket.note", ticket)
    if not from_desk and is_past_reopening(ticket):
        ticket = open_follow_up(ticket)
    message = _add(ticket, text, Visibility.PUBLIC, writer, files, is_from_desk=from_desk, doubt=doubt)
    record(ticket, Replied, by=writer, message=message.pk, from_desk=from_desk)
    if from_desk:
        _desk_has_answered(ticket, by=writer)
    else:
        _requester_has_answered(ticket, by=writer)
    _forget_draft(ticket, by, Visibility.PUBLIC)
    return message


@action("conversation.tell", permission="ticket.reply")
def tell(ticket: Ticket, text: str, *, by: Any) -> Message:
    """Say something to everybody on the ticket in the name of the desk. Nobody has answered: turn and clocks stay."""
    lock(ticket)
    must_be_live(ticket)
    message = _add(ticket, text, Visibility.PUBLIC, None, (), is_from_desk=True, doubt="")
    record(ticket, Replied, by=None, message=message.pk, from_desk=True, is_automatic=True)
    change(ticket)
    return message


@action("ticket.note", permission="ticket.note")
def note(
    ticket: Ticket,
    text: str | Body,
    *,
    files: Sequence[NewFile] = (),
    author: Person | None = None,
    doubt: str = "",
    by: Any,
) -> Message:
    """Write an internal note; only the desk reads this."""
    lock(ticket)
    must_be_live(ticket)
    writer = author or by
    message = _add(ticket, text, Visibility.INTERNAL, writer, files, is_from_desk=True, doubt=doubt)
    record(ticket, Noted, by=writer, message=message.pk)
    change(ticket)
    _mention(ticket, message, by=writer)
    _forget_draft(ticket, by, Visibility.INTERNAL)
    return message


@action("ticket.save_draft", permission="ticket.reply")
def save_draft(ticket: Ticket, text: str, visibility: str, *, by: Any) -> None:
    """Keep what is being written."""
    if not text.strip():
        _forget_draft(ticket, by, visibility)
        return
    Draft.objects.update_or_create(
        ticket=ticket,
        person=by,
        visibility=chosen(Visibility, visibility),
        defaults={"text": text[:LONGEST_TEXT], "at": clock.now()},
    )


def _add(
    ticket: Ticket,
    said: str | Body,
    visibility: str,
    writer: Any,
    files: Sequence[NewFile],
    *,
    is_from_desk: bool,
    doubt: str,
) -> Message:
    body = said if isinstance(said, Body) else Body(said.replace("\r\n", "\n").strip(), to_html(said.strip()))
    is_typed = not isinstance(said, Body)  # an empty mail is kept as it is; an empty box is a slip
    if is_typed and not body.text.strip() and not files:
        raise Refused(_("There is nothing to send yet. Write a few words or add a file."))
    message = Message(
        ticket=ticket,
        visibility=visibility,
        author=writer,
        is_from_desk=is_from_desk,
        text=body.text[:LONGEST_TEXT],
        html=body.html,
        trimmed_text=body.trimmed_text[:LONGEST_TEXT],
        trimmed_html=body.trimmed_html,
        source=circumstances().via,
        doubt=doubt,
        created_at=clock.now(),
    )
    insert(message)
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=file.name[:255],
            type=file.type[:120],
            size=file.size,
            sha256=file.sha256,
            content_id=file.content_id[:255],
            is_inline=file.is_inline,
            is_decoration=file.is_decoration,
        )
        for file in files
    )
    return message


def _desk_has_answered(ticket: Ticket, *, by: Any) -> None:
    fields: dict[str, Any] = {"turn": Turn.REQUESTER}
    if ticket.first_response_at is None:
        fields["first_response_at"] = clock.now()
    change(ticket, **fields)
    if ticket.state == StatusType.NEW:
        set_status(ticket, first_status(ticket.kind, StatusType.OPEN), by=by)
        change(ticket, turn=Turn.REQUESTER)


def _requester_has_answered(ticket: Ticket, *, by: Any) -> None:
    if not (was_opened_just_now(ticket) and ticket.turn == Turn.DESK):
        change(ticket, turn=Turn.DESK)
    if ticket.state in {StatusType.WAITING, StatusType.RESOLVED, StatusType.CLOSED}:
        set_status(ticket, first_status(ticket.kind, StatusType.OPEN), by=by)


def _mention(ticket: Ticket, message: Message, *, by: Any) -> None:
    """@name calls somebody of the desk who may read the ticket: the part of their address before the @."""
    called: list[Person] = []
    for name in dict.fromkeys(_MENTION.findall(message.text)[:20]):
        found = list(Person.objects.filter(email__startswith=f"{name.lower()}@", is_active=True)[:2])
        if len(found) == 1 and may(found[0], "ticket.view", ticket) and may(found[0], "desk.enter"):
            called.append(found[0])
    if called:
        Mention.objects.bulk_create(Mention(message=message, person=person) for person in called)
        record(ticket, Mentioned, by=by, message=message.pk, people=[person.pk for person in called])


def _forget_draft(ticket: Ticket, person: Any, visibility: str) -> None:
    if person is not None and not was_opened_just_now(ticket):
        Draft.objects.filter(ticket=ticket, person=person, visibility=visibility).delete()
