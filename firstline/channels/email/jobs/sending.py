"""Send what is due: one mail to one recipient at a time, for up to 72 hours."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from firstline.channels.email.events import MailGivenUp
from firstline.channels.email.models import OutgoingMail
from firstline.channels.email.models.outgoing import UNFINISHED
from firstline.core import clock, files
from firstline.core.actions import acting, prove_it_is_ours
from firstline.core.events.record import record
from firstline.core.jobs import loops
from firstline.core.live.announce import announce
from firstline.core.quiet import is_quiet
from firstline.work.conversations.models import Attachment
from firstline.work.tasks.models import TaskFile

log = structlog.get_logger()

BATCH = 20
TIMEOUT = 60  # seconds a mail server may keep us waiting
GIVE_UP_AFTER = timedelta(hours=72)
FIRST_WAIT, LONGEST_WAIT = 60, 4 * 3600  # seconds between attempts
IN_DOUBT_AFTER = timedelta(minutes=5)  # a mail that was on its way when a worker died
METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
State = OutgoingMail.State


def send_due() -> bool:
    """Send a batch; true if there may be more."""
    if is_quiet():
        return False
    due = list(_due()[:BATCH])
    if not due:
        return False
    try:
        with _server() as server:
            for mail in due:
                _send(mail, server)
    except (OSError, smtplib.SMTPException) as error:  # about the server, not about one mail
        _nobody_there(str(error) or type(error).__name__)
    announce("outbox")
    return True


def _due() -> QuerySet[OutgoingMail]:
    """Due mails, but never past an earlier one about the same ticket to the same address: order is kept."""
    earlier = OutgoingMail.objects.filter(
        ticket=OuterRef("ticket"), to=OuterRef("to"), id__lt=OuterRef("id"), state__in=[State.WAITING, State.SENDING]
    )
    due = OutgoingMail.objects.filter(UNFINISHED, due_at__lte=clock.now())
    return due.exclude(Q(ticket__isnull=False) & Exists(earlier)).order_by("due_at", "id")


def _send(mail: OutgoingMail, server: smtplib.SMTP | None) -> None:
    """Mark it as on its way before the first byte leaves, so that a crash is seen as what it is: doubt."""
    was_sending = mail.state == State.SENDING
    try:
        to, raw = _wire_address(mail.to), compose(mail).as_bytes(policy=SMTP)
    except DatabaseError:
        raise
    except Exception as error:  # about this mail only (a file is missing): those behind it must not wait for it
        log.exception("mail cannot be written", mail=mail.pk)
        mail.attempts += 1
        _failed(mail, str(error) or type(error).__name__, is_final=isinstance(error, UnicodeError))
        return
    stored = files.store([raw])  # on a full disk nothing is sent that could not be noted as sent
    with transaction.atomic(), acting():
        prove_it_is_ours()
        claimed = OutgoingMail.objects.filter(pk=mail.pk, state=mail.state, attempts=mail.attempts).update(
            state=State.SENDING,
            attempts=F("attempts") + 1,
            due_at=clock.now() + IN_DOUBT_AFTER,
            in_doubt=mail.in_doubt or was_sending,
        )
    if not claimed:
        return
    mail.attempts += 1
    try:
        if server is not None:
            server.sendmail(settings.MAIL_ADDRESS, [to], raw)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        _failed(mail, f"{code} {answer.decode('utf-8', 'replace')}", is_final=500 <= code < 600)
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        _failed(mail, f"{error.smtp_code} {words}", is_final=500 <= error.smtp_code < 600)
    except (OSError, smtplib.SMTPException) as error:
        _failed(mail, str(error) or type(error).__name__, is_final=False)
    else:
        with transaction.atomic(), acting():
            sent = {"state": State.SENT, "sent_at": clock.now(), "last_error": "", "sha256": stored.sha256}
            if mail.purpose == OutgoingMail.Purpose.ACCOUNT and not settings.DEMO:
                sent |= {"text": "", "html": "", "sha256": ""}  # a code is nobody's business afterwards
            OutgoingMail.objects.filter(pk=mail.pk).update(**sent)


def _nobody_there(reason: str) -> None:
    """No mail server, or it does not let us in: all that is due waits a minute, and what is too old is given up."""
    now = clock.now()
    due = OutgoingMail.objects.filter(UNFINISHED, due_at__lte=now)
    for mail in due.filter(created_at__lt=now - GIVE_UP_AFTER).select_related("ticket")[:BATCH]:
        _failed(mail, reason, is_final=True)
    with transaction.atomic(), acting():
        prove_it_is_ours()
        due.update(due_at=now + timedelta(seconds=FIRST_WAIT), last_error=reason[:500])


def _failed(mail: OutgoingMail, reason: str, *, is_final: bool) -> None:
    gives_up = is_final or clock.now() - mail.created_at > GIVE_UP_AFTER
    wait = min(FIRST_WAIT * 2 ** max(mail.attempts - 1, 0), LONGEST_WAIT)
    with transaction.atomic(), acting():
        prove_it_is_ours()
        OutgoingMail.objects.filter(pk=mail.pk).update(
            state=State.FAILED if gives_up else State.WAITING,
            attempts=mail.attempts,
            due_at=clock.now() + timedelta(seconds=wait),
            last_error=reason[:500],
        )
        if gives_up and mail.ticket is not None:
            record(mail.ticket, MailGivenUp, to=mail.to, reason=reason[:300], mail=mail.pk)


def compose(mail: OutgoingMail) -> EmailMessage:
    """The mail as it is sent: text always, HTML beside it, files behind."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["To"] = _wire_address(mail.to)
    message["Message-ID"] = mail.message_id
    message["Date"] = mail.created_at
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    if mail.calendar:  # RFC 6047, 2.4: the method stands in the type, too
        method = METHOD.search(mail.calendar)
        params = {"method": method[1] if method else "REQUEST"}
        message.add_alternative(mail.calendar.replace("\r\n", "\n"), subtype="calendar", params=params)
    behind: list[TaskFile | Attachment] = []
    if mail.files:
        behind += TaskFile.objects.filter(pk__in=mail.files, is_removed=False)
    if mail.reply_id is not None:
        behind += Attachment.objects.filter(message=mail.reply_id)
    for file in behind:
        main, _slash, sub = file.type.partition("/")
        message.add_attachment(
            files.fetch(file.sha256), maintype=main or "application", subtype=sub or "octet-stream", filename=file.name
        )
    return message


def _wire_address(address: str) -> str:
    """The address as SMTP can say it: the name of the machine in ASCII (RFC 5891), `ö` as `xn--…`."""
    local, _at, machine = address.rpartition("@")
    local.encode("ascii")  # raises: few servers take it, and ours may not (RFC 6531)
    return address if machine.isascii() else f"{local}@{machine.encode('idna').decode()}"


@contextmanager
def _server() -> Iterator[smtplib.SMTP | None]:
    """A connection to the mail server, or None where mails stay on their page (the demo, a new installation).

    `smtps://` is TLS from the start, `smtp+starttls://` insists on STARTTLS: there is no fallback to plain text.
    """
    if not settings.SMTP_URL:
        yield None
        return
    address = urlsplit(settings.SMTP_URL)
    host, secure = address.hostname or "localhost", ssl.create_default_context()
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, address.port or 465, timeout=TIMEOUT, context=secure)
    else:
        server = smtplib.SMTP(host, address.port or (587 if "starttls" in address.scheme else 25), timeout=TIMEOUT)
    try:
        if address.scheme == "smtp+starttls":
            server.starttls(context=secure)
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        yield server
    finally:
        server.close()


loops.register("mail: send", send_due, every=0.5)
