"""What comes in over the wire, and what becomes of it (TRUST 1.3 A and B, DR17)."""

from __future__ import annotations

import base64
import smtplib
import socket
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.policy import SMTP as WIRE
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from firstline.channels.email.actions.read import release
from firstline.channels.email.actions.receive import LARGEST, receive
from firstline.channels.email.actions.retry import discard, try_again
from firstline.channels.email.engine.child import parse_in_child
from firstline.channels.email.engine.message import Parsed
from firstline.channels.email.jobs.listening import Listener
from firstline.channels.email.jobs.reading import read_mail
from firstline.channels.email.jobs.sending import send_due
from firstline.channels.email.models import OutgoingMail, RawMail
from firstline.core import files
from firstline.core.actions import NotAllowed
from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import reply
from firstline.work.conversations.models import Attachment, Message
from firstline.work.tickets.models import Status, Ticket

from .letters import arrive, free_port, letter, sent_to

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

pytestmark = pytest.mark.slow  # a real listener, committed rows


@pytest.fixture
def real_database(transactional_db: Any) -> None:
    """What other threads write is seen here. A test of this kind empties the tables, also of the first statuses."""
    if not Status.objects.exists():
        import_module("firstline.work.tickets.migrations.0002_statuses").add(apps, None)


@pytest.fixture
def listener(real_database: None) -> Iterator[Listener]:
    made = Listener("127.0.0.1", free_port())
    made.start()
    yield made
    made.stop()


def post(listener: Listener, *mails: bytes, to: str = "help@desk.example") -> None:
    with smtplib.SMTP(listener.hostname, listener.port, timeout=20) as server:
        for mail in mails:
            server.sendmail("rosa@example.org", [to], mail)


# The way in


@pytest.mark.accepts("S0.24")
def test_a_mail_becomes_a_ticket_and_its_sender_sees_a_number(listener: Listener) -> None:
    post(listener, letter())
    drain()
    send_due()

    ticket = Ticket.objects.get()
    (receipt,) = sent_to("rosa@example.org")
    assert (ticket.subject, ticket.source, receipt.state) == ("Screen", "mail", "sent")
    assert f"#{ticket.pk}" in receipt.subject
    assert f"#{ticket.pk}" in receipt.text


@pytest.mark.slow
@pytest.mark.accepts("S0.25")
def test_a_hundred_mails_in_a_minute_all_become_tickets(listener: Listener) -> None:
    begun = time.monotonic()

    post(listener, *(letter(f"Trouble {number}", subject=f"Trouble {number}") for number in range(100)))
    stored = time.monotonic() - begun
    drain()

    assert (RawMail.objects.count(), Ticket.objects.count()) == (100, 100)
    assert stored < 60
    assert not RawMail.objects.exclude(state="taken").exists()


def test_nothing_is_acknowledged_that_was_not_stored(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstline.channels.email.jobs import listening

    def full(*_arguments: Any, **_named: Any) -> Any:
        raise files.NoSpace

    monkeypatch.setattr(listening, "receive", full)

    with pytest.raises(smtplib.SMTPDataError) as said:
        post(listener, letter())

    assert 400 <= said.value.smtp_code < 500
    assert RawMail.objects.count() == 0


def test_mail_for_others_is_refused(listener: Listener) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        post(listener, letter(), to="somebody@else.example")


@pytest.mark.abuse("B10")
def test_b10_a_mail_that_is_too_large_is_refused_with_552(listener: Listener) -> None:
    with smtplib.SMTP(listener.hostname, listener.port, timeout=20) as server:
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            server.sendmail("rosa@example.org", ["help@desk.example"], b"", mail_options=[f"SIZE={200 * 1024**2}"])
    assert announced.value.smtp_code == 552


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"x" * 70 + b"\r\n", b"x" * 65_536])
@pytest.mark.abuse("B10")
def test_b10_two_hundred_megabytes_do_not_fill_the_memory(listener: Listener, line: bytes) -> None:
    before = _memory()
    with socket.create_connection((listener.hostname, listener.port), timeout=60) as wire:
        answers = wire.makefile("rb")
        answers.readline()
        for said in (b"HELO x", b"MAIL FROM:<rosa@example.org>", b"RCPT TO:<help@desk.example>", b"DATA"):
            wire.sendall(said + b"\r\n")
            answers.readline()
        block = line * (1024**2 // len(line))
        for _megabyte in range(200):
            wire.sendall(block)
        wire.sendall(b"\r\n.\r\n")
        answer = answers.readline()

    assert answer.startswith(b"552 5.3.4")
    assert b"60 MB" in answer
    assert _memory() - before < (LARGEST // 1024) * 2.5
    post(listener, letter())


def _memory() -> int:
    """The most memory this process ever had, in kilobytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.abuse("B16")
def test_b16_a_bare_line_feed_ends_no_mail(listener: Listener) -> None:
    with socket.create_connection((listener.hostname, listener.port), timeout=20) as wire:
        answers = wire.makefile("rb")
        answers.readline()
        for said in (b"HELO x", b"MAIL FROM:<rosa@example.org>", b"RCPT TO:<help@desk.example>", b"DATA"):
            wire.sendall(said + b"\r\n")
            answers.readline()
        smuggled = letter("one").replace(
            b"one", b"one\n.\nMAIL FROM:<ceo@example.org>\nRCPT TO:<x@example.org>\nDATA\n"
        )
        wire.sendall(smuggled + b"\r\n.\r\n")
        answers.readline()
        wire.sendall(b"QUIT\r\n")
        farewell = answers.readline()
    drain()

    assert farewell.startswith(b"221")
    assert RawMail.objects.count() == 1


def test_lmtp_answers_once_for_each_recipient(real_database: None, settings: Any) -> None:
    settings.MAIL_ALIASES = ["it@desk.example"]
    made = Listener("127.0.0.1", free_port(), lmtp=True)
    made.start()
    try:
        with smtplib.LMTP(made.hostname, made.port) as server:
            server.ehlo()
            server.mail("rosa@example.org")
            server.rcpt("help@desk.example")
            server.rcpt("it@desk.example")
            first = server.data(letter())
            second = server.getreply()
            assert (first[0], second[0], server.noop()[0]) == (250, 250, 250)
    finally:
        made.stop()


@pytest.mark.abuse("B6")
def test_b6_a_line_of_64_kilobytes_and_longer_is_taken(listener: Listener) -> None:
    raw = letter("placeholder").replace(b"placeholder", b"y" * 200_000)

    post(listener, raw)
    drain()

    assert Message.objects.get().text.count("y") == 200_000


# Once


def test_dr17_a_mail_delivered_many_times_is_one_message(rosa: Person) -> None:
    mails = [letter(f"Trouble {number}", subject=f"Trouble {number}") for number in range(5)]

    for copy in range(3):
        for raw in reversed(mails) if copy % 2 else mails:
            arrive(f"Received: from relay{copy}\r\n".encode() + raw)

    assert (Message.objects.count(), RawMail.objects.filter(state="duplicate").count()) == (5, 10)


def test_the_same_delivery_is_written_down_once(db: Any) -> None:
    first = receive(letter(), way="imap", delivery_key="imap:1:2:3")

    again = receive(letter(), way="imap", delivery_key="imap:1:2:3")

    assert (again.pk, RawMail.objects.count()) == (first.pk, 1)


def test_reading_twice_has_one_effect(rosa: Person) -> None:
    mail = arrive(letter())

    read_mail(mail.pk)
    drain()

    assert Message.objects.count() == 1


def test_an_alarm_without_a_date_that_says_the_same_every_night_is_news_every_night(db: Any) -> None:
    from datetime import timedelta

    from firstline.core import clock

    raw = b"From: disk@example.org\r\nTo: help@desk.example\r\nSubject: Disk full\r\n\r\nDisk full\r\n"
    arrive(raw)
    arrive(raw)

    with clock.set_to(clock.now() + timedelta(days=1)):
        arrive(raw)

    assert Ticket.objects.count() == 2


# Machines


@pytest.mark.abuse("A16")
def test_a16_a_bounce_is_noted_at_the_mail_it_returns_and_shown_on_its_ticket(rosa: Person, ada: Person) -> None:
    ticket = arrive(letter()).ticket
    assert ticket is not None
    reply(ticket, "One", by=ada)
    reply(ticket, "Two", by=ada)
    while send_due():
        pass
    _receipt, one, _two = sent_to("rosa@example.org")

    mail = arrive(bounce(one))

    assert mail.state == "bounce"
    assert [each.state for each in sent_to("rosa@example.org")] == ["sent", "bounced", "sent"]
    assert Event.objects.get(kind="mail.bounced").facts["mail"] == one.pk
    assert (Ticket.objects.count(), OutgoingMail.objects.count()) == (1, 3)
    one.refresh_from_db()
    try_again(one, by=ada)
    assert sent_to("rosa@example.org")[1].state == "waiting"


@pytest.mark.abuse("A16")
def test_a16_a_notice_that_it_is_late_marks_nothing(rosa: Person) -> None:
    arrive(letter())
    send_due()
    (ours,) = sent_to("rosa@example.org")

    mail = arrive(bounce(ours, action="delayed", status="4.4.1"))

    assert (mail.state, sent_to("rosa@example.org")[0].state) == ("bounce", "sent")


def bounce(ours: OutgoingMail, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example.org\r
To: help@desk.example\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: <dsn-{ours.pk}-{action}@mx.example.org>\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
I'm sorry to have to inform you that your message could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.org\r
\r
Final-Recipient: rfc822; {ours.to}\r
Action: {action}\r
Status: {status}\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Subject: {ours.subject}\r
Message-ID: {ours.message_id}\r
--b--\r
""".encode()


@pytest.mark.abuse("A17")
def test_a17_two_desks_that_confirm_each_other_fall_silent(db: Any) -> None:
    written = 0
    for number in range(30):
        arrive(letter(f"Thank you for your request {number}", sender="desk@other.example", subject=f"Ticket {number}"))
        written = len(sent_to("desk@other.example"))

    assert written <= 3


@pytest.mark.abuse("A17")
def test_a17_an_out_of_office_answer_to_our_receipt_is_noted_and_not_answered(rosa: Person) -> None:
    ticket = arrive(letter()).ticket
    (receipt,) = sent_to("rosa@example.org")

    mail = arrive(letter("I am away.", to=receipt.headers["Reply-To"], Auto_Submitted="auto-replied"))

    assert mail.ticket == ticket
    assert list(Message.objects.order_by("id").values_list("visibility", "doubt"))[-1] == ("internal", "automatic")
    assert len(sent_to("rosa@example.org")) == 1


@pytest.mark.parametrize("sender", ["help@desk.example", "Help <HELP@desk.example>", "it@desk.example"])
@pytest.mark.abuse("A18")
def test_a18_our_own_address_is_never_a_requester(db: Any, settings: Any, sender: str) -> None:
    settings.MAIL_ALIASES = ["it@desk.example"]

    mail = arrive(letter(sender=sender))

    assert (mail.state, Ticket.objects.count(), OutgoingMail.objects.count()) == ("loop", 0, 0)


@pytest.mark.abuse("A18")
def test_a18_no_mail_is_written_to_our_own_addresses(rosa: Person, ada: Person, settings: Any) -> None:
    ticket = arrive(letter()).ticket
    assert ticket is not None
    settings.MAIL_ALIASES = ["rosa@example.org"]

    reply(ticket, "Hello", by=ada)

    assert len(sent_to("rosa@example.org")) == 1


@pytest.mark.abuse("A19")
def test_a19_a_receipt_holds_no_word_of_an_unproven_sender(db: Any) -> None:
    for number in range(5):
        arrive(
            letter(
                "Buy at http://evil.example", sender="victim@example.com", subject=f"BUY{number} http://evil.example"
            )
        )

    (receipt,) = sent_to("victim@example.com")
    said = receipt.subject + receipt.text + receipt.html + str(receipt.headers)
    assert "evil" not in said
    assert "BUY" not in said


@pytest.mark.abuse("A4")
def test_automatic_and_list_mail_is_held_until_somebody_releases_or_leaves_it(lin: Person, ada: Person) -> None:
    news = arrive(letter("News", sender="news@example.com", List_Id="<news.example.com>"))
    away = arrive(letter("Away", sender="tom@example.com", subject="Out of office", Auto_Submitted="auto-replied"))
    assert ([news.state, away.state], Ticket.objects.count()) == (["held", "held"], 0)
    parsed = parse_in_child(files.fetch(news.sha256))
    assert isinstance(parsed, Parsed)

    with pytest.raises(NotAllowed):
        release(news, parsed, files.fetch(news.sha256), by=ada)
    release(news, parsed, files.fetch(news.sha256), by=lin)
    discard(away, by=lin)

    assert (news.state, away.state, Ticket.objects.count()) == ("taken", "left_aside", 1)
    assert sent_to("news@example.com") == []


# Poison


def _nested(depth: int) -> bytes:
    head = b"From: p@example.org\r\nTo: help@desk.example\r\nSubject: Nested\r\n"
    for level in range(depth):
        head += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return head + b"Content-Type: text/plain\r\n\r\nHello\r\n"


def _many_parts(count: int) -> bytes:
    head = b"From: p@example.org\r\nSubject: Parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * count + b"--b--\r\n"


def _with(name: str, content: bytes, kind: str) -> bytes:
    mail = MIMEMultipart()
    mail["From"], mail["Subject"], mail["Message-ID"] = "p@example.org", "File", f"<{name[:20]}@example.org>"
    part = MIMEApplication(content, kind)
    part.add_header("Content-Disposition", "attachment", filename=name)
    mail.attach(part)
    return mail.as_bytes()


HEAD = b"From: p@example.org\r\nTo: help@desk.example\r\nSubject: Poison\r\n"
POISON = {
    "b1 open brackets": b"From: p@example.org\r\nTo: " + b"(" * 100_000 + b"\r\nSubject: x\r\n\r\nx",
    "b2 nested 50": _nested(50),
    "b2 nested 10000": _nested(10_000),
    "b3 80000 parts": _many_parts(80_000),
    "b3 20000 recipients": HEAD + b"Cc: " + b", ".join(b"a%d@x.example" % n for n in range(20_000)) + b"\r\n\r\nx",
    "b3 10000 received": b"Received: by x\r\n" * 10_000 + HEAD + b"\r\nx",
    "b4 unknown charset": HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\x00",
    "b4 utf-7": HEAD + b"Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "b5 hidden header": HEAD.replace(b"Poison", b"=?utf-8?q?a=0D=0ABcc=3A_x=40y.example?=") + b"\r\nx",
    "b6 NUL and surrogates": HEAD + b"X: \x00\r\n\r\n\x00\xed\xa0\x80 \xe2\x80\xae exe.gpj",
    "b7 impossible date": HEAD + b"Date: 99 Foo 99999 99:99:99 +9999\r\n\r\nx",
    "b7 far future": HEAD + b"Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n\r\nx",
    "b13 winmail": _with("winmail.dat", b"\x78\x9f\x3e\x22broken", "ms-tnef"),
    "b13 calendar": HEAD + b"Content-Type: text/calendar; method=CANCEL\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR",
    "b13 signed": _with("smime.p7m", b"\x30\x80", "pkcs7-mime"),
    "b14 deep html": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
    "b14 unclosed": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<b><i><a href=x>" * 150_000,
    "b15 quotes": HEAD + b"\r\n" + b"> " * 200_000 + b"\r\n" + b"On " * 100_000 + b"wrote:\r\n" + b"[#" * 100_000,
    "b16 broken base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!====aGVsbG8",
    "b16 no headers": b"\r\n\r\nNothing but words",
    "b17 path": _with("../../etc/passwd", b"x", "octet-stream"),
    "b17 hidden": _with(".hta\u200bccess", b"x", "octet-stream"),
    "b17 turned": _with("cod\u202eexe.gpj", b"x", "octet-stream"),
    "b17 long": _with("n" * 300 + ".txt", b"x", "octet-stream"),
    "b17 device": _with("CON", b"x", "octet-stream"),
}


@pytest.mark.parametrize("name", POISON)
@pytest.mark.abuse("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B13", "B14", "B15", "B16", "B17")
def test_poison_ends_in_a_state_and_the_next_mail_flows(rosa: Person, name: str) -> None:
    begun = time.monotonic()

    mail = arrive(POISON[name])
    good = arrive(letter())

    assert mail.state in {"taken", "held", "quarantined", "duplicate"}
    assert (good.state, time.monotonic() - begun < 15) == ("taken", True)
    assert files.fetch(mail.sha256) == POISON[name]
    for attachment in Attachment.objects.all():
        assert len(attachment.name) <= 255
        assert "\x00" not in attachment.name


@pytest.mark.abuse("B14")
def test_what_cannot_be_read_becomes_a_ticket_with_the_mail_as_it_came(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstline.channels.email.engine.limits import Limits
    from firstline.channels.email.jobs import reading

    raw = POISON["b14 unclosed"]
    too_short = Limits(wall_seconds=0.001)
    monkeypatch.setattr(
        reading, "parse_in_child", lambda raw, ourselves: parse_in_child(raw, too_short, ourselves=ourselves)
    )

    mail = arrive(raw)

    (kept,) = Attachment.objects.all()
    assert (mail.state, mail.ticket is not None, kept.name) == ("quarantined", True, "mail.eml")
    assert files.fetch(kept.sha256) == raw


# Files and pictures


def test_the_same_file_is_stored_once_and_a_logo_is_hidden_from_the_third_time(rosa: Person) -> None:
    for number in range(3):
        arrive(letter(f"Mail {number}", subject=f"Mail {number}", html='<p>Hi <img src="cid:logo"></p>',
                      pictures=(("logo", PICTURE),), files=(("log.txt", "text/plain", b"the same"),)))  # fmt: skip

    logos = Attachment.objects.filter(is_inline=True).order_by("id")
    assert [each.is_decoration for each in logos] == [False, False, True]
    assert len(set(Attachment.objects.filter(name="log.txt").values_list("sha256", flat=True))) == 1


@pytest.mark.abuse("B18")
def test_a_picture_inside_a_mail_is_shown_from_the_same_mail_only(rosa: Person) -> None:
    first = arrive(letter(html='<p><img src="cid:screen"></p>', pictures=(("screen", PICTURE),)))
    second = arrive(letter("Two", html='<p><img src="cid:screen"></p>'))
    assert first.message is not None
    assert second.message is not None

    picture = Attachment.objects.get(message=first.message)
    assert "cid:" in str(first.message.html)
    assert not Attachment.objects.filter(message=second.message).exists()
    assert picture.content_id == "screen"


@pytest.mark.abuse("B10")
def test_files_of_ten_thousand_parts_are_bounded(rosa: Person) -> None:
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["Subject"] = "rosa@example.org", "Many"
    mail.set_content("x")
    for number in range(600):
        mail.add_attachment(b"%d" % number, maintype="application", subtype="octet-stream", filename=f"{number}.bin")

    taken = arrive(mail.as_bytes())

    assert taken.state == "taken"
    assert Attachment.objects.count() <= 501
