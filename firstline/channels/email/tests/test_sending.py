"""What leaves: durable, in order, once (TRUST DR21 to DR24)."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from firstline.channels.email.jobs.sending import send_due
from firstline.core import clock, files
from firstline.core.actions import acting
from firstline.core.events.models import Event
from firstline.core.quiet.models import Silence
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import NewFile, note, reply
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.models import Participant, Ticket
from tests.cast import person

from .letters import arrive, free_port, letter, sent_to


class Sink:
    """A real SMTP server that keeps what it gets. `answer(address)` may say something else than 250."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.answer: Callable[[str], str] = lambda _address: "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        said = self.answer(address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self.got += [(address, envelope.content) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str) -> list[bytes]:
        return [content for to, content in self.got if to == address]


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


@pytest.fixture
def ticket(rosa: Person) -> Ticket:
    found = arrive(letter()).ticket
    assert found is not None
    return found


def states(address: str = "rosa@example.org") -> list[str]:
    return [mail.state for mail in sent_to(address)]


def test_an_answer_reaches_everybody_on_the_ticket_as_a_mail_of_their_own(
    sink: Sink, ticket: Ticket, ada: Person, omar: Person
) -> None:
    add_participant(ticket, omar, Participant.Role.CC, by=ada)
    note(ticket, "Secret", by=ada)
    reply(ticket, "Press the button.", by=ada)

    while send_due():
        pass

    last = message_from_bytes(sink.to("rosa@example.org")[-1], policy=default)
    other = message_from_bytes(sink.to("omar@example.org")[-1], policy=default)
    assert (last["To"], other["To"]) == ("rosa@example.org", "omar@example.org")
    assert last["Reply-To"] != other["Reply-To"]
    body, html = last.get_body(("plain",)), last.get_body(("html",))
    assert body is not None
    assert html is not None
    assert "Press the button." in body.get_content()
    assert body.get_content().startswith("##- Please answer above this line -##")
    assert not any(b"Secret" in content for _to, content in sink.got)


def test_requesters_are_written_to_in_their_language(sink: Sink, db: Any) -> None:
    linh = person("Linh")
    linh.language = "vi"
    linh.save()

    arrive(letter(sender="linh@example.org"))

    (mail,) = sent_to("linh@example.org")
    assert "We have received" not in mail.text


@pytest.mark.abuse("B5", "G4")
def test_a_subject_with_a_hidden_line_makes_no_header(sink: Sink, rosa: Person, ada: Person) -> None:
    raw = letter(subject="placeholder").replace(b"placeholder", b"=?utf-8?q?Hi=0D=0ABcc=3A_mallory=40evil.example?=")
    found = arrive(raw).ticket
    assert found is not None
    reply(found, "Hello", by=ada)

    send_due()

    last = message_from_bytes(sink.to("rosa@example.org")[-1], policy=default)
    assert (last["Bcc"], {to for to, _content in sink.got}) == (None, {"rosa@example.org"})


def test_dr21_when_the_server_is_away_mails_wait_and_all_go_in_order_when_it_is_back(
    settings: Any, sink: Sink, ticket: Ticket, ada: Person
) -> None:
    there, settings.SMTP_URL = settings.SMTP_URL, "smtp://127.0.0.1:1"
    for number in range(5):
        reply(ticket, f"Answer {number}", by=ada)
    now = clock.now()
    for minutes in range(0, 240, 10):
        with clock.set_to(now + timedelta(minutes=minutes)):
            send_due()
    ids = [mail.message_id for mail in sent_to("rosa@example.org")]
    assert sink.got == []

    settings.SMTP_URL = there
    with clock.set_to(now + timedelta(hours=9)):
        while send_due():
            pass

    got = [str(message_from_bytes(content, policy=default)["Message-ID"]) for content in sink.to("rosa@example.org")]
    assert got == ids


def test_order_is_kept_while_an_earlier_mail_waits(sink: Sink, ticket: Ticket, ada: Person) -> None:
    while send_due():
        pass
    sink.answer = lambda _address: "451 later"
    reply(ticket, "Answer one", by=ada)
    send_due()
    sink.answer = lambda _address: "250 OK"
    reply(ticket, "Answer two", by=ada)

    send_due()

    assert states()[-2:] == ["waiting", "waiting"]
    with clock.set_to(clock.now() + timedelta(hours=1)):
        while send_due():
            pass
    texts = [b"Answer one" in content for content in sink.to("rosa@example.org")[-2:]]
    assert texts == [True, False]


def test_after_72_hours_it_is_given_up_and_told_on_the_ticket(sink: Sink, ticket: Ticket) -> None:
    sink.answer = lambda _address: "451 later"
    now = clock.now()

    for hours in (0, 1, 24, 71):
        with clock.set_to(now + timedelta(hours=hours)):
            send_due()
    assert states() == ["waiting"]
    with clock.set_to(now + timedelta(hours=77)):
        send_due()

    assert states() == ["failed"]
    assert Event.objects.get(kind="mail.given_up").subject_id == ticket.pk


def test_dr23_one_bad_address_of_ten_costs_the_others_nothing(sink: Sink, ticket: Ticket, ada: Person) -> None:
    others = [person(f"Guest{number}") for number in range(9)]
    for each in others:
        add_participant(ticket, each, Participant.Role.CC, by=ada)
    while send_due():
        pass
    sink.got.clear()
    sink.answer = lambda address: "550 5.1.1 unknown" if address == "guest3@example.org" else "250 OK"

    reply(ticket, "Hello all", by=ada)
    for hours in range(3):
        with clock.set_to(clock.now() + timedelta(hours=hours)):
            while send_due():
                pass

    assert len(sink.got) == 9
    assert sorted({to for to, _content in sink.got}) == sorted(
        {"rosa@example.org", *(each.email for each in others if each.email)} - {"guest3@example.org"}
    )
    assert states("guest3@example.org") == ["failed"]


@pytest.mark.parametrize("address", ["jo@bücher.example", "jö@example.org"])
def test_an_address_that_is_not_ascii_is_written_to_or_told(
    sink: Sink, ticket: Ticket, ada: Person, address: str
) -> None:
    odd = person("Jo")
    with acting():
        Person.objects.filter(pk=odd.pk).update(email=address)
    add_participant(ticket, odd, Participant.Role.CC, by=ada)
    reply(ticket, "Hello both", by=ada)

    while send_due():
        pass

    assert set(states()) == {"sent"}
    assert states(address) == (["sent"] if "bücher" in address else ["failed"])
    assert len(sink.to("jo@xn--bcher-kva.example")) == address.count("bücher")


def test_a_mail_whose_file_is_missing_keeps_no_other_waiting(
    sink: Sink, ticket: Ticket, ada: Person, omar: Person, settings: Any
) -> None:
    kept = files.store([b"picture"])
    reply(ticket, "See the picture", files=[NewFile("a.png", "image/png", kept.size, kept.sha256)], by=ada)
    files.storage().place(kept.sha256).unlink()  # type: ignore[attr-defined]  # a folder, in tests
    other = arrive(letter("Other", sender="omar@example.org")).ticket
    assert other is not None
    reply(other, "Hello", by=ada)

    with clock.set_to(clock.now() + timedelta(seconds=1)):
        while send_due():
            pass

    assert states("omar@example.org")[-1] == "sent"
    assert states()[-1] == "waiting"


def test_dr24_a_death_after_the_other_side_took_it_resends_once_with_the_same_id(
    sink: Sink, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = smtplib.SMTP.sendmail

    def dies(*arguments: Any, **named: Any) -> Any:
        real(*arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(smtplib.SMTP, "sendmail", dies)
    with pytest.raises(KeyboardInterrupt):
        send_due()
    monkeypatch.setattr(smtplib.SMTP, "sendmail", real)
    assert states() == ["sending"]
    send_due()
    assert len(sink.got) == 1

    with clock.set_to(clock.now() + timedelta(minutes=6)):
        send_due()
        send_due()

    ids = {str(message_from_bytes(content, policy=default)["Message-ID"]) for _to, content in sink.got}
    (mail,) = sent_to("rosa@example.org")
    assert (len(sink.got), ids, mail.state, mail.in_doubt) == (2, {mail.message_id}, "sent", True)


@pytest.mark.abuse("H13")
def test_h13_there_is_no_way_back_from_starttls_to_plain_text(sink: Sink, ticket: Ticket, settings: Any) -> None:
    settings.SMTP_URL = settings.SMTP_URL.replace("smtp://", "smtp+starttls://")

    send_due()

    (mail,) = sent_to("rosa@example.org")
    assert (sink.got, mail.state, "STARTTLS" in mail.last_error) == ([], "waiting", True)


def test_a_restored_copy_sends_nothing(sink: Sink, ticket: Ticket) -> None:
    with acting():
        Silence.objects.create()

    send_due()

    assert (sink.got, states()) == ([], ["waiting"])
