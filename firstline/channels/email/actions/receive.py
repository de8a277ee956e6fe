from __future__ import annotations

from typing import Any

from firstline.channels.email.models import RawMail
from firstline.core import clock, files
from firstline.core.actions import action

LARGEST = 60 * 1024 * 1024  # bytes


def receive(
    raw: bytes,
    *,
    way: str,
    mailbox: str = "",
    envelope_from: str = "",
    envelope_to: list[str] | None = None,
    delivery_key: str | None = None,
) -> RawMail:
    """Keep a mail as it came, durably, and have it read soon. When this returns, it may be acknowledged."""
    stored = files.store([raw], largest=LARGEST)
    return _note(
        stored.sha256,
        size=stored.size,
        way=way,
        mailbox=mailbox,
        envelope_from=envelope_from[:320],
        envelope_to=[address[:320] for address in (envelope_to or [])[:500]],
        delivery_key=delivery_key,
        by=None,
    )


@action("mail.receive", permission="mail.manage")
def _note(sha256: str, *, by: Any, delivery_key: str | None, **facts: Any) -> RawMail:
    """Write down that a mail has come."""
    from firstline.channels.email.jobs.reading import read_mail  # noqa: PLC0415 -- a job calls actions, and this starts it

    if delivery_key is not None:
        before = RawMail.objects.filter(delivery_key=delivery_key).first()
        if before is not None:
            return before
    mail = RawMail(sha256=sha256, delivery_key=delivery_key, received_at=clock.now(), **facts)
    mail.save(force_insert=True)
    read_mail.enqueue(mail.pk)
    return mail
