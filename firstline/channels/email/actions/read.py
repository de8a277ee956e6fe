"""What becomes of a mail: a message on its ticket, a new ticket, or nothing but a note in the mail log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from firstline.channels.email import queries, rules
from firstline.channels.email.engine import trust
from firstline.channels.email.engine.message import Attachment, Parsed
from firstline.channels.email.events import MailBounced, MailMentioned, MailReleased
from firstline.channels.email.models import MailIdentity, OutgoingMail, RawMail
from firstline.core import clock, files
from firstline.core.actions import action, may, via
from firstline.core.events.record import record
from firstline.people.accounts.actions.open import get_or_open
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import by_email
from firstline.work.conversations.actions.say import Body, NewFile, note, reply
from firstline.work.conversations.models import Attachment as KeptAttachment
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

from .write import write_receipt

State = RawMail.State
SEEN_OFTEN = 2  # a small inline picture that came before with other mails is a logo
LARGEST_LOGO = 60_000  # bytes


@action("mail.read", permission="mail.manage")
def read(mail: RawMail, parsed: Parsed, raw: bytes, *, by: Any, is_released: bool = False) -> RawMail:
    """Let a mail take effect, once. Its files are stored already."""
    mail.refresh_from_db(from_queryset=RawMail.objects.select_for_update())
    if mail.state not in {State.RECEIVED, State.HELD if is_released else State.RECEIVED}:
        return mail
    mail.sender, mail.subject = parsed.sender.address[:320], parsed.subject[:300]
    key = queries.content_key(parsed, queries.body_of(raw))
    if RawMail.objects.filter(content_key=key).exclude(pk=mail.pk).exists():
        return _end(mail, State.DUPLICATE, _("The same mail had come before."))
    mail.content_key = key
    with via("mail"):
        if not is_released:
            if parsed.kind == "loop" or parsed.sender.address.lower() in rules.our_addresses():
                return _end(mail, State.LOOP, _("It is one of our own mails."))
            if parsed.kind == "bounce":
                return _bounce(mail, parsed)
        return _take(mail, parsed, raw, by=by, is_released=is_released)


@action("mail.quarantine", permission="mail.manage")
def quarantine(mail: RawMail, reason: str, *, by: Any) -> RawMail:
    """A mail that cannot be read becomes a ticket with the raw file, so that a person looks at it."""
    mail.refresh_from_db(from_queryset=RawMail.objects.select_for_update())
    if mail.state != State.RECEIVED:
        return mail
    with via("mail"):
        ticket = open_ticket(_nobody(), _("A mail that could not be read"), source="mail", by=None)
        original = NewFile("mail.eml", "message/rfc822", mail.size, mail.sha256)
        mail.message = note(ticket, Body(text=reason), files=[original], by=None)
        mail.ticket = ticket
    return _end(mail, State.QUARANTINED, reason)


def store_files(parsed: Parsed) -> list[NewFile]:
    """Keep the attachments, before the transaction that names them."""
    return [_stored(each) for each in parsed.attachments]


def _take(mail: RawMail, parsed: Parsed, raw: bytes, *, by: Any, is_released: bool) -> RawMail:
    sender = parsed.sender.address.lower()
    if not sender or "@" not in sender:
        return _end(mail, State.HELD, _("It does not say who sent it."))
    addresses = [each.address for each in (*parsed.to, *parsed.cc)] + list(mail.envelope_to)
    ticket, person = queries.ticket_by_token(addresses, sender)
    is_proven = ticket is not None
    if ticket is None:
        ticket, is_ours = queries.ticket_by_references(parsed.references)
        person = by_email(sender)
        is_proven = ticket is not None and queries.has_part_in(person, ticket)
        if ticket is not None and not is_ours and not is_proven:
            ticket = None  # an id that strangers may know: it gives nothing
    if parsed.kind in {"auto_reply", "list"} and not is_released and (ticket is None or parsed.kind == "list"):
        return _end(mail, State.HELD, _HELD_BECAUSE[parsed.kind]())
    if ticket is None:
        return _new(mail, parsed, by=by, is_released=is_released)
    if person is None or person.is_active:
        person = person or get_or_open(sender, parsed.sender.name)
    return _join(mail, ticket, person, parsed, raw, is_proven=is_proven)


def _join(
    mail: RawMail, ticket: Ticket, person: Person, parsed: Parsed, raw: bytes, *, is_proven: bool
) -> RawMail:
    """Put it on its ticket: in the open if it is proven who wrote it, for the desk's eyes only if not."""
    doubt = ""
    if parsed.kind == "auto_reply":
        doubt = "automatic"
    elif parsed.sender_is_ambiguous:
        doubt = "sender"
    elif not is_proven:
        doubt = "stranger"
    elif may(person, "desk.enter") and ticket.requester_id != person.pk:
        is_aligned = trust.vouches_for(raw, parsed.sender.address, trusted=rules.trusted_server())
        doubt = "" if is_aligned and may(person, "ticket.reply", ticket) else "sender"
    body, attached = _body(parsed), store_files(parsed)
    say = note if doubt else reply
    mail.message = say(ticket, body, files=_without_logos(attached, ticket), author=person, doubt=doubt, by=None)
    mail.ticket = ticket
    _remember(parsed.message_id, ticket, person)
    return _end(mail, State.TAKEN)


def _new(mail: RawMail, parsed: Parsed, *, by: Any, is_released: bool) -> RawMail:
    """Open a ticket for the sender and tell them its number."""
    person = get_or_open(parsed.sender.address, parsed.sender.name)
    ticket = open_ticket(person, parsed.subject or _("(no subject)"), source="mail", by=None)
    attached = store_files(parsed)
    doubt = "sender" if parsed.sender_is_ambiguous else ""
    mail.message = reply(ticket, _body(parsed, whole=True), files=_without_logos(attached, ticket), author=person,
                         doubt=doubt, by=None)  # fmt: skip
    mail.ticket = ticket
    _remember(parsed.message_id, ticket, person)
    if (named := queries.named_ticket(parsed.subject, person.email or "")) is not None and named != ticket.pk:
        record(ticket, MailMentioned, ticket=named)
    if is_released:
        record(ticket, MailReleased, by=by, mail=mail.pk)
    elif not parsed.is_automatic and parsed.kind == "message":
        write_receipt(ticket, person, parsed.message_id)
    return _end(mail, State.TAKEN)


def _bounce(mail: RawMail, parsed: Parsed) -> RawMail:
    """Note at our mail that it did not arrive. A bounce never becomes a message."""
    known = OutgoingMail.objects.filter(message_id__in=[_bracketed(each) for each in parsed.references])
    sent = known.first()
    if sent is None and parsed.failed_recipients:
        addresses = [address.lower() for address in parsed.failed_recipients]
        sent = OutgoingMail.objects.filter(to__in=addresses, state="sent").order_by("-id").first()
    if sent is not None:
        reason = " ".join(parsed.text.split())[:300]
        sent.state, sent.last_error = OutgoingMail.State.BOUNCED, reason
        sent.save(update_fields=["state", "last_error"])
        if sent.ticket is not None:
            record(sent.ticket, MailBounced, to=sent.to, reason=reason, mail=sent.pk)
            mail.ticket = sent.ticket
    return _end(mail, State.BOUNCE, ", ".join(parsed.failed_recipients)[:500])


def _body(parsed: Parsed, *, whole: bool = False) -> Body:
    """What is new in front, what was quoted behind. The first mail of a ticket is shown whole."""
    if whole or not parsed.reply_text.strip():
        return Body(text=parsed.text, html=parsed.html or "")
    if parsed.reply_text.strip() == parsed.text.strip():
        return Body(text=parsed.text, html=parsed.html or "")
    return Body(text=parsed.reply_text, trimmed_text=parsed.text, trimmed_html=parsed.html or "")


def _without_logos(attached: Sequence[NewFile], ticket: Ticket) -> list[NewFile]:
    """Mark small inline pictures that came with other messages before: logos of signatures."""
    small = [file.sha256 for file in attached if file.is_inline and file.size <= LARGEST_LOGO]
    seen: dict[str, int] = {}
    for sha256 in KeptAttachment.objects.filter(sha256__in=small).values_list("sha256", flat=True)[:200]:
        seen[sha256] = seen.get(sha256, 0) + 1
    return [
        NewFile(file.name, file.type, file.size, file.sha256, file.content_id, file.is_inline, is_decoration=True)
        if seen.get(file.sha256, 0) >= SEEN_OFTEN
        else file
        for file in attached
    ]


def _stored(attachment: Attachment) -> NewFile:
    stored = files.store([attachment.content])
    return NewFile(
        attachment.name or _("file"),
        attachment.type,
        stored.size,
        stored.sha256,
        attachment.content_id.strip("<>"),
        attachment.inline and bool(attachment.content_id),
    )


def _remember(message_id: str, ticket: Ticket, person: Person) -> None:
    if message_id:
        MailIdentity.objects.get_or_create(
            key=MailIdentity.key_of(message_id),
            defaults={
                "message_id": _bracketed(message_id)[:300],
                "ticket": ticket,
                "person": person,
                "is_ours": False,
                "at": clock.now(),
            },
        )


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip().strip('<>')}>"


def _nobody() -> Person:
    """Who stands for senders that cannot be told."""
    found = Person.objects.filter(email=None, name="Unreadable mail").first()
    return found or Person.objects.create_user(None, name="Unreadable mail")


def _end(mail: RawMail, state: str, reason: str = "") -> RawMail:
    if state in {State.DUPLICATE}:
        mail.content_key = ""
    mail.state, mail.reason = state, reason[:500]
    mail.save()
    return mail


_HELD_BECAUSE = {
    "auto_reply": lambda: _("It is an automatic reply."),
    "list": lambda: _("It came through a mailing list."),
}
