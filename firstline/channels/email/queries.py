from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from firstline.core import clock
from firstline.core.actions import may
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import by_email
from firstline.work.tickets.models import Participant, Ticket
from firstline.work.tickets.queries import going_on_in, visible_to

from .engine.message import Parsed
from .models import Mailbox, MailIdentity, OutgoingMail, RawMail, ReplyToken
from .rules import token_in

BOUNCES_WITHIN = timedelta(days=5)
_NUMBER = re.compile(r"#(\d{1,18})\b")


def content_key(parsed: Parsed, body: bytes, received_at: datetime) -> str:
    """The same for every copy of one mail, whatever headers it gathered on its way.

    A mail with the same Message-ID and other words is another mail: somebody may have claimed the id first.
    """
    said = [parsed.message_id, parsed.sender.address, parsed.subject, parsed.date or parsed.date_text]
    if not parsed.message_id and not parsed.date_text:
        said.append(f"{received_at:%Y-%m-%d %H}")  # an alarm that says the same every night is news every night
    digest = hashlib.sha256("\x1f".join(said).encode("utf-8", "replace"))
    digest.update(body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip())
    return digest.hexdigest()


def body_of(raw: bytes) -> bytes:
    """What follows the header."""
    for gap in (b"\r\n\r\n", b"\n\n", b"\r\r"):
        _head, found, body = raw.partition(gap)
        if found:
            return body
    return b""


def ticket_by_token(addresses: Iterable[str], sender: str) -> tuple[Ticket | None, Person | None]:
    """The ticket of a reply address, if the person it was given to is the sender; else nothing."""
    for address in addresses:
        token = token_in(address)
        found = ReplyToken.objects.select_related("ticket", "person").filter(token=token).first() if token else None
        if found is not None and found.person.email == sender.lower():
            return going_on_in(found.ticket), found.person
    return None, None


def ticket_by_references(references: Iterable[str]) -> tuple[Ticket | None, bool]:
    """The ticket of the nearest known Message-ID of the chain, and whether we made that id."""
    keys = [MailIdentity.key_of(reference) for reference in references]
    known = {each.key: each for each in MailIdentity.objects.filter(key__in=keys).select_related("ticket")}
    for key in reversed(keys):
        if key in known:
            return going_on_in(known[key].ticket), known[key].is_ours
    return None, False


def has_part_in(person: Person | None, ticket: Ticket) -> bool:
    """Whether the person takes part in the conversation: requester, affected or in copy."""
    if person is None:
        return False
    roles = [Participant.Role.AFFECTED, Participant.Role.CC]
    return (
        ticket.requester_id == person.pk
        or Participant.objects.filter(ticket=ticket, person=person, role__in=roles).exists()
        or Ticket.objects.filter(merged_into=ticket, requester=person).exists()
    )


def named_ticket(subject: str, sender: str) -> int | None:
    """The number a subject names, if it is a ticket of the sender's: a hint for the agent, and no more."""
    person = by_email(sender)
    for number in _NUMBER.findall(subject)[:3]:
        if person is not None and Ticket.objects.filter(pk=int(number)).exists():
            return int(number)
    return None


def outgoing_visible_to(person: Any) -> QuerySet[OutgoingMail]:
    """Mails about tickets the person may see; other mails only for those who manage mail.

    A mail about an account holds a code: whoever reads it can sign in as that person. So nobody does, but in the demo,
    where this page is the only place to read it.
    """
    found = OutgoingMail.objects.all()
    tickets = visible_to(person)
    about_tickets = found.filter(ticket__in=tickets)
    if not may(person, "mail.manage"):
        return about_tickets
    # Gathered notices name tickets that not everybody sees.
    others = found.filter(ticket__isnull=True).exclude(purpose=OutgoingMail.Purpose.NOTICE)
    return about_tickets | (others if settings.DEMO else others.exclude(purpose=OutgoingMail.Purpose.ACCOUNT))


def incoming_visible_to(person: Any) -> QuerySet[RawMail]:
    """Mails that became no ticket, and those of tickets the person may see: raw mail is the ticket in other words."""
    return RawMail.objects.filter(Q(ticket__isnull=True) | Q(ticket__in=visible_to(person)))


def mailbox_of(mail: RawMail, addresses: Iterable[str]) -> Mailbox | None:
    """The mailbox a mail was fetched from, or the one whose address it was written to."""
    if mail.mailbox is not None:
        return mail.mailbox
    named = {address.lower() for address in addresses}
    return next((each for each in Mailbox.objects.select_related("team") if each.address.lower() in named), None)


def bounced_mail(parsed: Parsed) -> OutgoingMail | None:
    """Our mail that a bounce speaks of: by the Message-ID of the mail it returns, which only its readers know.

    A bounce that returns nothing is matched by the address, if we wrote there in the last days.
    """
    ids = [*parsed.returned_ids, *parsed.references]
    if found := OutgoingMail.objects.filter(message_id__in=ids[:50]).first():
        return found
    if parsed.returned_ids or not parsed.failed_recipients:
        return None
    addresses = [address.lower() for address in parsed.failed_recipients]
    lately = OutgoingMail.objects.filter(to__in=addresses, created_at__gt=clock.now() - BOUNCES_WITHIN)
    return lately.filter(state=OutgoingMail.State.SENT).order_by("-id").first()


def mailbox_health() -> list[Mailbox]:
    """All mailboxes by name."""
    return list(Mailbox.objects.select_related("team"))


def held() -> QuerySet[RawMail]:
    return RawMail.objects.filter(state__in=[RawMail.State.HELD, RawMail.State.QUARANTINED]).order_by("-id")


def chain_of(ticket: Ticket, *, most: int = 20) -> list[str]:
    """The Message-IDs of a ticket, oldest first: what our mail refers to."""
    newest = MailIdentity.objects.filter(ticket=ticket).order_by("-id").values_list("message_id", flat=True)[:most]
    return list(reversed(newest))
