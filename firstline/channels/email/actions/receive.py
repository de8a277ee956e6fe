from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from firstline.channels.email.engine.message import Parsed
from firstline.channels.email.events import MailReceived
from firstline.channels.email.models import Mailbox, RawMail
from firstline.core import clock, files
from firstline.core.actions import Refused, action, via
from firstline.core.events.record import record
from firstline.people.accounts.actions.open import get_or_open
from firstline.work.conversations.actions.say import Body, note
from firstline.work.tickets.actions.open import open_ticket

LARGEST = 60 * 1024 * 1024  # bytes


def receive(
    raw: bytes,
    *,
    way: str,
    mailbox: Mailbox | None = None,
    envelope_from: str = "",
    envelope_to: list[str] | None = None,
    delivery_key: str | None = None,
) -> RawMail:
    """Keep a mail as it came, durably, and have it read soon. When this returns, it may be acknowledged."""
    stored = files.store([raw], largest=LARGEST)
    return keep(
        stored.sha256,
        size=stored.size,
        way=way,
        mailbox=mailbox,
        envelope_from=_storable(envelope_from),
        envelope_to=[_storable(address) for address in (envelope_to or [])[:500]],
        delivery_key=delivery_key,
        by=None,
    )


def receive_too_large(header: bytes, parsed: Parsed, *, size: int, mailbox: Mailbox, delivery_key: str) -> RawMail:
    """Tell of a mail that stays on its server because it is too large; only its header is kept."""
    stored = files.store([header])
    return _tell_of_too_large(stored.sha256, parsed, size=size, mailbox=mailbox, delivery_key=delivery_key, by=None)


@action("mail.too_large", permission="mail.manage")
def _tell_of_too_large(
    sha256: str, parsed: Parsed, *, size: int, mailbox: Mailbox, delivery_key: str, by: Any
) -> RawMail:
    """Open a ticket that says who sent a mail that is too large, and where it lies."""
    before = RawMail.objects.filter(delivery_key=delivery_key).first()
    if before is not None:
        return before
    mail = RawMail(
        sha256=sha256, delivery_key=delivery_key, way="imap", mailbox=mailbox, size=size, received_at=clock.now(),
        state=RawMail.State.TOO_LARGE, sender=parsed.sender.address[:320], subject=parsed.subject[:300],
    )  # fmt: skip
    if parsed.kind == "message" and not parsed.is_automatic and parsed.sender.address:
        words = _("A mail of %(size)s came, which is more than is fetched. It lies on the server in “%(mailbox)s”.")
        text = words % {"size": filesizeformat(size), "mailbox": mailbox}
        with via("mail"), suppress(Refused):  # an address that cannot be one: the mail log has it
            person = get_or_open(parsed.sender.address, parsed.sender.name)
            subject = parsed.subject or _("(no subject)")
            mail.ticket = open_ticket(person, subject, team=mailbox.team, source="mail", by=None)
            mail.message = note(mail.ticket, Body(text=text), by=None)
    mail.save(force_insert=True)
    return mail


@action("mail.receive", permission="mail.manage")
def keep(sha256: str, *, by: Any, delivery_key: str | None, **facts: Any) -> RawMail:
    """Write down that a mail has come. The same delivery, taken twice, is written down once."""
    if delivery_key is not None:
        before = RawMail.objects.filter(delivery_key=delivery_key).first()
        if before is not None:
            return before
    mail = RawMail(sha256=sha256, delivery_key=delivery_key, received_at=clock.now(), **facts)
    mail.save(force_insert=True)
    record(mail, MailReceived, by=by, way=mail.way)
    return mail


def _storable(address: str) -> str:
    """What the other side said, in letters that both databases keep."""
    return address.encode("utf-8", "replace").decode().replace("\x00", "")[:320]
