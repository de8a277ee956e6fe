"""Notices by mail: to whom, how often, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from firstline.channels.email.jobs.sending import send_due
from firstline.channels.email.queries import outgoing_visible_to
from firstline.core import clock
from firstline.core.jobs import loops
from firstline.core.jobs.draining import drain
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person
from firstline.people.notifications.actions.choose import choose, set_rhythm
from firstline.people.notifications.actions.wording import word
from firstline.people.teams.actions.members import remove_member
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.participants import watch
from tests.cast import person, works_in

from .letters import free_port

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror=alert(1)> {{7*7}} {link} "quoted"'


class Sink:
    def __init__(self) -> None:
        self.got: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.got += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"

    def subjects(self, who: Person) -> list[str]:
        return [str(mail["Subject"]) for to, mail in self.got if to == who.email]


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


def go() -> None:
    """What the worker does: consequences, notices, mails."""
    drain()
    hand_out = next(loop for loop in loops.all_loops() if loop.name == "notices: hand out").function
    while hand_out():
        pass
    drain()
    while send_due():
        pass


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.accepts("S0.17")
def test_whoever_gets_a_ticket_gets_one_mail_that_says_why_and_where_to_stop_it(
    sink: Sink, ada: Person, lin: Person, rosa: Person
) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=lin)
    go()
    go()

    assert sink.subjects(ada) == [f"#{ticket.pk} is yours now: Printer jams"]
    assert sink.subjects(lin) == []
    [(_to, mail)] = [(to, mail) for to, mail in sink.got if to == ada.email]
    assert f"/tickets/{ticket.pk}" in words_of(mail)
    assert "You get this because you own it." in words_of(mail)
    assert "/notices/choices" in words_of(mail)
    assert mail["Auto-Submitted"] == "auto-generated"

    choose(ada, {("ticket.assigned", "mail"): False}, by=ada)
    assign(open_ticket(rosa, "Again", by=rosa), ada, by=lin)
    go()
    assert len(sink.subjects(ada)) == 1


@pytest.mark.abuse("C14")
def test_hostile_words_are_words_in_a_notice(sink: Sink, ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, HOSTILE, by=rosa)
    assign(ticket, ada, by=lin)
    reply(ticket, HOSTILE, by=rosa)
    go()

    mails = [mail for to, mail in sink.got if to == ada.email]
    assert len(mails) == 2
    for mail in mails:
        assert "<img" not in words_of(mail, "html")
        assert "{{7*7}} {link}" in " ".join(str(mail["Subject"]).split())
        assert "onerror" in words_of(mail, "html")  # shown as the text that it is


def test_the_mail_of_a_note_goes_to_nobody_on_the_requesters_side(
    sink: Sink, ada: Person, lin: Person, rosa: Person
) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=ada)
    choose(ada, {("conversation.note", "mail"): True}, by=ada)
    note(ticket, "She is difficult.", by=lin)
    go()

    assert any("She is difficult." in words_of(mail) for to, mail in sink.got if to == ada.email)
    assert not any("difficult" in mail.as_string() for to, mail in sink.got if to == rosa.email)


@pytest.mark.abuse("D13")
def test_who_has_left_the_private_team_gets_nothing_not_even_in_the_digest(sink: Sink, rosa: Person, hr: Team) -> None:
    wim, nora = works_in(hr, person("Wim", "agent")), works_in(hr, person("Nora", "agent"))
    ticket = open_ticket(rosa, "Salary", team=hr, by=None)
    for each in (wim, nora):
        watch(ticket, by=each)
        choose(each, {("conversation.note", "mail"): True}, by=each)
        set_rhythm(each, digest="daily", daily_at=time(8), by=each)
    evening = datetime(2027, 3, 1, 20, tzinfo=UTC)
    with clock.set_to(evening):
        note(ticket, "Between us: 4000", author=nora, by=None)
        note(ticket, "And more", author=Person.objects.get(name="Hana"), by=None)
        go()
    assert sink.subjects(nora) == []
    remove_member(hr, wim, by=None)
    forget(wim)

    with clock.set_to(evening + timedelta(hours=13)):
        go()

    assert sink.subjects(wim) == []
    assert sink.subjects(nora) == [f"Hana wrote a note on #{ticket.pk}: Salary"]


def test_a_digest_is_one_mail_and_nobody_else_reads_it_in_the_outbox(
    sink: Sink, ada: Person, lin: Person, bea: Person, rosa: Person
) -> None:
    set_rhythm(ada, digest="hourly", by=ada)
    now = datetime(2027, 3, 1, 10, 5, tzinfo=UTC)
    with clock.set_to(now):
        for subject in ("First", "Second"):
            assign(open_ticket(rosa, subject, by=rosa), ada, by=lin)
        go()
    assert sink.subjects(ada) == []

    with clock.set_to(now + timedelta(hours=1)):
        go()

    assert sink.subjects(ada) == ["2 notices from Firstline"]
    assert not outgoing_visible_to(bea).filter(purpose="notice", ticket__isnull=True).exists()


def test_the_organisation_says_it_in_its_own_words_and_languages(
    sink: Sink, ada: Person, lin: Person, bea: Person, rosa: Person
) -> None:
    word("ticket.assigned", "en", title="{person}, please: {subject} ({priority})", text="From {requester}.", by=bea)
    lin.language = "vi"
    lin.save()
    for owner, by in ((ada, lin), (lin, ada)):
        assign(open_ticket(rosa, "Printer", by=rosa), owner, by=by)
    go()

    assert sink.subjects(ada) == ["Ada, please: Printer (Medium)"]
    assert "giờ là của bạn" in sink.subjects(lin)[0]
