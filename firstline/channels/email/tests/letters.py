"""Mails as they come over the wire, and what comes of them."""

from __future__ import annotations

import socket
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from firstline.channels.email.actions.receive import receive
from firstline.channels.email.jobs.reading import read_mail
from firstline.channels.email.models import OutgoingMail, RawMail

_numbers = iter(range(1, 10**9))


def letter(
    text: str = "My screen is dark.",
    *,
    sender: str = "Rosa <rosa@example.org>",
    to: str = "help@desk.example",
    subject: str = "Screen",
    message_id: str | None = None,
    files: tuple[tuple[str, str, bytes], ...] = (),
    pictures: tuple[tuple[str, bytes], ...] = (),
    html: str = "",
    **headers: str,
) -> bytes:
    """A mail as bytes. `headers`: In_Reply_To="…"; an empty message_id leaves it out."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
    if message_id != "":
        mail["Message-ID"] = message_id or f"<letter-{next(_numbers)}@example.org>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
        for content_id, content in pictures:
            mail.get_payload()[1].add_related(content, "image", "png", cid=f"<{content_id}>", filename="logo.png")  # type: ignore[index,union-attr]
    for name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def arrive(raw: bytes, **circumstances: Any) -> RawMail:
    """Take a mail in and read it, as listener and worker do."""
    mail = receive(raw, way=circumstances.pop("way", "smtp"), **circumstances)
    read_mail(mail.pk)
    mail.refresh_from_db()
    return mail


def answer_to(ours: OutgoingMail, text: str = "Thank you.", *, sender: str = "", **headers: Any) -> bytes:
    """What a mail program sends when one presses Reply."""
    return letter(
        f"{text}\n\nOn Mon, Nov 2, 2026 at 10:00 AM Ada <help@desk.example> wrote:\n\n"
        + "".join(f"> {line}\n" for line in ours.text.splitlines()),
        sender=sender or ours.to,
        to=headers.pop("to", ours.headers["Reply-To"]),
        subject=f"Re: {ours.subject.removeprefix('Re: ')}",
        In_Reply_To=ours.message_id,
        References=f"{ours.headers.get('References', '')} {ours.message_id}".strip(),
        **headers,
    )


def sent_to(address: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(to=address).order_by("id"))


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
