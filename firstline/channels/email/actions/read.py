"""What becomes of a mail: a message on its ticket, a new ticket, or nothing but a note in the mail log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.channels.email import queries, rules
from firstline.channels.email.engine import trust
from firstline.channels.email.engine.message import Attachment, Parsed
from firstline.channels.email.events import (
    MailAnswersElsewhere,
    MailBounced,
    MailCameAgain,
    MailMentioned,
    MailReleased,
)  # fmt: skip
from firstline.channels.email.models import Mailbox, MailIdentity, OutgoingMail, RawMail
from firstline.core import clock, files
from firstline.core.actions import Refused, action, may, via
from firstline.core.events.record import record
from firstline.people.accounts.actions.open import get_or_open
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import by_email
from firstline.work.conversations.actions.say import Body, NewFile, note, reply
from firstline.work.conversations.models import Attachment as KeptAttachment
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

from .decide import decide_by_mail, seat_named_in
from .write import write_receipt

State = RawMail.State
SEEN_OFTEN = 2  # a small inline picture that came before with other mails is a logo
LARGEST_LOGO = 60_000  # bytes


@action("mail.read", permission="mail.manage")
def read(mail: RawMail, parsed: Parsed, raw: bytes, *, by: Any) -> RawMail:
    """Let a mail take effect, once. Its files are stored already."""
    mail.refresh_from_db(from_queryset=RawMail.objects.select_for_update(of=("self",)))
    if mail.state != State.RECEIVED:
        return mail
    mail.sender, mail.subject = parsed.sender.address[:320], parsed.subject[:300]
    key = queries.content_key(parsed, queries.body_of(raw), mail.received_at)
    with via("mail"):
        if (first := RawMail.objects.filter(content_key=key).exclude(pk=mail.pk).first()) is not None:
            return _came_again(mail, first)
        mail.content_key = key
        if parsed.kind == "loop" or parsed.sender.address.lower() in rules.our_addresses():
            return _end(mail, State.LOOP, _("It is one of our own mails."))
        if parsed.kind == "bounce":
            return _bounce(mail, parsed)
        return _take(mail, parsed, raw, by=by, is_released=False)


@action("mail.release", permission="mail.release")
def release(mail: RawMail, parsed: Parsed, raw: bytes, *, by: Any) -> RawMail:
    """Let a mail that was held back take effect after all."""
    mail.refresh_from_db(from_queryset=RawMail.objects.select_for_update(of=("self",)))
    if mail.state != State.HELD:
        return mail
    with via("mail"):
        return _take(mail, parsed, raw, by=by, is_released=True)


@action("mail.quarantine", permission="mail.manage")
def quarantine(mail: RawMail, reason: str, *, by: Any) -> RawMail:
    """A mail that cannot be read becomes a ticket with the raw file, so that a person looks at it."""
    mail.refresh_from_db(from_queryset=RawMail.objects.select_for_update(of=("self",)))
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
    return [_stored(each, parsed.html or "") for each in parsed.attachments]


def _take(mail: RawMail, parsed: Parsed, raw: bytes, *, by: Any, is_released: bool) -> RawMail:
    sender = parsed.sender.address.lower()
    if not sender or "@" not in sender:
        return _end(mail, State.HELD, _("It does not say who sent it."))
    addresses = [each.address for each in (*parsed.to, *parsed.cc)] + list(mail.envelope_to)
    if (seat := seat_named_in(addresses)) is not None:
        return _end(mail, State.TAKEN, decide_by_mail(seat, parsed, raw, mail))
    ticket, person = queries.ticket_by_token(addresses, sender)
    is_proven = ticket is not None
    if ticket is None:
        ticket, is_ours = queries.ticket_by_references(parsed.references)
        person = by_email(sender)
        is_proven = ticket is not None and queries.has_part_in(person, ticket)
        if ticket is not None and not is_ours and not is_proven:
            ticket = None  # an id that strangers may know: it gives nothing
    mailbox = queries.mailbox_of(mail, addresses)
    if not is_released and (why := _held_because(parsed, ticket, mailbox)):
        return _end(mail, State.HELD, why)
    try:
        with transaction.atomic():
            if person is None or person.is_active:
                person = person or get_or_open(sender, parsed.sender.name)
    except Refused as refusal:
        return _end(mail, State.HELD, str(refusal))
    if ticket is None:
        return _new(mail, person, parsed, raw, mailbox=mailbox, by=by, is_released=is_released)
    return _join(mail, ticket, person, parsed, raw, is_proven=is_proven)


def _held_because(parsed: Parsed, ticket: Ticket | None, mailbox: Mailbox | None) -> str:
    if parsed.kind == "auto_reply" and ticket is None:
        return _("It is an automatic reply.")
    if parsed.kind == "list" and not (mailbox is not None and mailbox.takes_lists):
        return _("It came through a mailing list.")
    return ""


def _join(mail: RawMail, ticket: Ticket, person: Person, parsed: Parsed, raw: bytes, *, is_proven: bool) -> RawMail:
    """Put it on its ticket: in the open if it is proven who wrote it, for the desk's eyes only if not."""
    verdict = trust.verdict(raw, parsed.sender.address, trusted=rules.trusted_server())
    doubt = ""
    if parsed.kind == "auto_reply":
        doubt = "automatic"
    elif parsed.sender_is_ambiguous or verdict == "fail":
        doubt = "sender"
    elif may(person, "desk.enter") and ticket.requester_id != person.pk:
        # Words of the desk reach requesters: a secret of ours alone is not enough, our mail server has to vouch.
        doubt = "sender" if verdict != "pass" else "" if may(person, "ticket.reply", ticket) else "stranger"
    elif not is_proven:
        doubt = "stranger"
    body, attached = _body(parsed), store_files(parsed)
    say = note if doubt else reply
    mail.message = say(ticket, body, files=_without_logos(attached, ticket), author=person, doubt=doubt, by=None)
    if mail.message.ticket_id != ticket.pk and not parsed.is_automatic:  # the old one was closed too long ago
        write_receipt(mail.message.ticket, person, parsed.message_id, repeats_subject=verdict == "pass")
    ticket = mail.ticket = mail.message.ticket
    _remember(parsed.message_id, ticket, person)
    _flag_other_address(ticket, parsed)
    return _end(mail, State.TAKEN, _used_before(mail, parsed))


def _new(
    mail: RawMail, person: Person, parsed: Parsed, raw: bytes, *, mailbox: Mailbox | None, by: Any, is_released: bool
) -> RawMail:
    """Open a ticket for the sender and tell them its number."""
    team = mailbox.team if mailbox is not None else None
    ticket = open_ticket(
        person, parsed.subject or _("(no subject)"), team=team, source="mail", words=parsed.text, by=None
    )
    attached = store_files(parsed)
    verdict = trust.verdict(raw, parsed.sender.address, trusted=rules.trusted_server())
    doubt = "sender" if parsed.sender_is_ambiguous or verdict == "fail" else ""
    mail.message = reply(ticket, _body(parsed, whole=True), files=_without_logos(attached, ticket), author=person,
                         doubt=doubt, by=None)  # fmt: skip
    mail.ticket = ticket
    used = _used_before(mail, parsed)
    _remember(parsed.message_id, ticket, person)
    _flag_other_address(ticket, parsed)
    if (named := queries.named_ticket(parsed.subject, person.email or "")) is not None and named != ticket.pk:
        record(ticket, MailMentioned, ticket=named)
    if is_released:
        record(ticket, MailReleased, by=by, mail=mail.pk)
    elif not parsed.is_automatic and parsed.kind in {"message", "list"} and verdict != "fail":
        write_receipt(ticket, person, parsed.message_id, repeats_subject=verdict == "pass")
    return _end(mail, State.TAKEN, used)


def _came_again(mail: RawMail, first: RawMail) -> RawMail:
    """One mail to two mailboxes is one ticket; that it came to both is told there."""
    mail.ticket = first.ticket
    if first.ticket is not None and mail.mailbox_id is not None and mail.mailbox_id != first.mailbox_id:
        record(first.ticket, MailCameAgain, mailbox=mail.mailbox_id, mail=mail.pk)
    return _end(mail, State.DUPLICATE, _("The same mail had come before."))


def _used_before(mail: RawMail, parsed: Parsed) -> str:
    """Somebody may send a guessed Message-ID first: the true mail is kept all the same, and this is told."""
    key = MailIdentity.key_of(parsed.message_id)
    known = MailIdentity.objects.filter(key=key).first() if parsed.message_id else None
    if known is None or (known.ticket_id == mail.ticket_id and not known.is_ours):
        return ""
    return _("Another mail with the same Message-ID belongs to #%(number)s.") % {"number": known.ticket_id}


def _flag_other_address(ticket: Ticket, parsed: Parsed) -> None:
    """Answers go to the sender. If the mail wants them elsewhere, a person should know."""
    domain = parsed.sender.address.lower().rpartition("@")[2]
    for other in parsed.reply_to:
        if other.address and other.address.lower().rpartition("@")[2] != domain:
            record(ticket, MailAnswersElsewhere, address=other.address[:320])
            return


def _bounce(mail: RawMail, parsed: Parsed) -> RawMail:
    """Note at our mail that it did not arrive. A bounce never becomes a message."""
    sent = queries.bounced_mail(parsed)
    addresses = ", ".join(parsed.failed_recipients)[:500]
    if parsed.is_delay:
        mail.ticket = sent.ticket if sent is not None else None
        return _end(mail, State.BOUNCE, _("Late, but not lost: %(addresses)s") % {"addresses": addresses})
    if sent is not None and sent.state != OutgoingMail.State.BOUNCED:
        reason = " ".join(parsed.text.split())[:300]
        sent.state, sent.last_error = OutgoingMail.State.BOUNCED, reason
        sent.save(update_fields=["state", "last_error"])
        if sent.ticket is not None:
            record(sent.ticket, MailBounced, to=sent.to, reason=reason, mail=sent.pk)
            mail.ticket = sent.ticket
    return _end(mail, State.BOUNCE, addresses)


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


def _stored(attachment: Attachment, html: str) -> NewFile:
    stored = files.store([attachment.content])
    content_id = attachment.content_id.strip("<>")
    # Some programs call a picture inside the words an attachment: what the words show decides.
    is_shown = bool(content_id) and (attachment.inline or f"cid:{content_id}" in html)
    return NewFile(attachment.name or _("file"), attachment.type, stored.size, stored.sha256, content_id, is_shown)


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
    if state == State.DUPLICATE:
        mail.content_key = ""
    mail.state, mail.reason = state, reason[:500]
    mail.save()
    return mail
