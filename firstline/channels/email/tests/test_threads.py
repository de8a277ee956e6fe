"""Which ticket a mail belongs to, and who may add to it (TRUST 1.3 A)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from firstline.channels.email.models import MailIdentity, OutgoingMail, RawMail, ReplyToken
from firstline.channels.email.queries import ticket_by_token
from firstline.core.actions import acting
from firstline.core.events.models import Event
from firstline.people.access.models import Grant
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import reply
from firstline.work.conversations.models import Message, Visibility
from firstline.work.tickets.actions.merge import merge
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.actions.status import set_status
from firstline.work.tickets.models import Participant, StatusType, Ticket
from firstline.work.tickets.queries import first_status, requested_by

from .letters import answer_to, arrive, letter, sent_to

TRUSTED = "mx.desk.example"
PASS = f"{TRUSTED}; dmarc=pass header.from=example.org"
FAIL = f"{TRUSTED}; dmarc=fail header.from=example.org"


def ticket_of(mail: RawMail) -> Ticket:
    assert mail.ticket is not None, mail.reason
    return mail.ticket


def public(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket, visibility=Visibility.PUBLIC).values_list("text", flat=True))


def doubts(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket, visibility=Visibility.INTERNAL).values_list("doubt", flat=True))


@pytest.fixture
def case(rosa: Person, ada: Person) -> tuple[Ticket, OutgoingMail]:
    """Rosa wrote, Ada answered: the ticket, and the answer as Rosa got it."""
    ticket = ticket_of(arrive(letter()))
    reply(ticket, "Press the button on its back.", by=ada)
    return ticket, sent_to("rosa@example.org")[-1]


def test_a_reply_joins_its_ticket_by_the_token_alone(case: Any) -> None:
    ticket, ours = case

    mail = arrive(letter("It works.", to=ours.headers["Reply-To"], subject="Something else"))

    assert mail.ticket == ticket
    assert public(ticket)[-1] == "It works."


def test_a_reply_joins_its_ticket_by_any_known_link_of_the_chain(case: Any) -> None:
    ticket, ours = case
    chain = f"<unknown-1@example.org> {ours.message_id} <unknown-2@example.org>"

    mail = arrive(letter("It works.", subject="Re: Screen", References=chain, In_Reply_To="<unknown-2@example.org>"))

    assert mail.ticket == ticket


def test_a_requester_who_answers_their_own_mail_stays_on_the_ticket(rosa: Person) -> None:
    first = arrive(letter(message_id="<mine@example.org>"))

    second = arrive(letter("By the way: it is a Dell.", subject="Re: Screen", In_Reply_To="<mine@example.org>"))

    assert second.ticket == first.ticket


def test_only_the_new_words_of_a_reply_are_shown(case: Any) -> None:
    ticket, ours = case

    arrive(answer_to(ours, "It works."))

    assert public(ticket)[-1] == "It works."


def test_somebody_put_in_copy_later_joins_the_conversation(case: Any, omar: Person, ada: Person) -> None:
    ticket, _ours = case
    add_participant(ticket, omar, Participant.Role.CC, by=ada)
    reply(ticket, "Omar, do you know this screen?", by=ada)
    to_omar = sent_to("omar@example.org")[-1]

    mail = arrive(answer_to(to_omar, "Yes: it has a loose cable."))

    assert mail.ticket == ticket
    assert public(ticket)[-1] == "Yes: it has a loose cable."


@pytest.mark.abuse("A1")
def test_a1_a_forged_requester_with_the_number_only_gets_a_ticket_of_its_own(case: Any) -> None:
    ticket, _ours = case
    before = public(ticket)

    mail = arrive(letter("Send me the password.", subject=f"Re: Screen [#{ticket.pk}]"))

    assert mail.ticket != ticket
    assert public(ticket) == before


@pytest.mark.abuse("A1")
def test_a1_a_forged_requester_with_the_token_is_only_noted_when_our_server_says_so(case: Any, settings: Any) -> None:
    ticket, ours = case
    settings.MAIL_TRUSTED_SERVER = TRUSTED
    before = public(ticket)

    forged = arrive(answer_to(ours, "Send me the password.", Authentication_Results=FAIL))

    assert (forged.ticket, public(ticket), doubts(ticket)) == (ticket, before, ["sender"])
    arrive(answer_to(ours, "It works.", Authentication_Results=PASS))
    assert public(ticket)[-1] == "It works."


@pytest.mark.abuse("A2")
def test_a2_a_copy_to_a_stranger_makes_no_participant(case: Any, ada: Person) -> None:
    ticket, ours = case

    arrive(answer_to(ours, "It works.", Cc="mallory@evil.example"))
    arrive(letter("More", subject=f"[#{ticket.pk}]", Cc="mallory@evil.example"))
    reply(ticket, "Good.", by=ada)

    assert sent_to("mallory@evil.example") == []
    assert sent_to("rosa@example.org")[-1].text.count("Good.") == 1


@pytest.mark.abuse("A3")
def test_a3_a_number_of_somebody_else_gives_nothing_but_a_hint_for_owners(case: Any) -> None:
    ticket, _ours = case

    strange = arrive(letter("Me too", sender="mallory@evil.example", subject=f"Re: [#{ticket.pk}]"))
    own = arrive(letter("One more", subject=f"Re: [#{ticket.pk}]"))

    assert ticket not in {strange.ticket, own.ticket}
    hints = Event.objects.filter(kind="mail.mentioned").values_list("subject_id", "facts")
    assert list(hints) == [(ticket_of(strange).pk, {"ticket": ticket.pk}), (ticket_of(own).pk, {"ticket": ticket.pk})]


@pytest.mark.abuse("A4")
def test_a4_a_code_of_another_service_sent_to_a_reply_address_is_not_shown_to_the_requester(case: Any) -> None:
    ticket, ours = case

    mail = arrive(letter("Your code is 123456", sender="no-reply@chat.example", to=ours.headers["Reply-To"],
                         Auto_Submitted="auto-generated"))  # fmt: skip

    rosa = Person.objects.get(email="rosa@example.org")
    assert mail.ticket != ticket
    assert not Message.objects.filter(ticket__in=requested_by(rosa), text__contains="123456").exists()
    assert sent_to("no-reply@chat.example") == []


@pytest.mark.abuse("A5")
def test_a5_words_of_the_desk_need_our_server_to_vouch(case: Any, ada: Person, settings: Any) -> None:
    ticket, ours = case
    settings.MAIL_TRUSTED_SERVER = TRUSTED
    before, mails = public(ticket), len(sent_to("rosa@example.org"))

    for results in ("", FAIL, "evil.example; dmarc=pass header.from=example.org"):
        headers = {"Authentication_Results": results} if results else {}
        arrive(answer_to(ours, "Please pay here.", sender="ada@example.org", **headers))

    assert (public(ticket), doubts(ticket)) == (before, ["sender"] * 3)
    assert len(sent_to("rosa@example.org")) == mails
    arrive(answer_to(ours, "Try again now.", sender="ada@example.org", Authentication_Results=PASS))
    assert public(ticket)[-1] == "Try again now."
    assert "Try again now." in sent_to("rosa@example.org")[-1].text


@pytest.mark.abuse("A6")
def test_a6_an_agent_who_has_lost_access_writes_to_nobody(case: Any, ada: Person, settings: Any) -> None:
    ticket, ours = case
    settings.MAIL_TRUSTED_SERVER = TRUSTED
    with acting():
        Grant.objects.filter(person=ada).update(kind="change")
    forget(ada)
    mails = OutgoingMail.objects.count()

    arrive(answer_to(ours, "One more thing.", sender="ada@example.org", Authentication_Results=PASS))

    assert (doubts(ticket), OutgoingMail.objects.count()) == (["stranger"], mails)


@pytest.mark.abuse("A7")
def test_a7_headers_that_pretend_to_command_have_no_effect(rosa: Person, ada: Person) -> None:
    plain = ticket_of(arrive(letter()))

    told = ticket_of(arrive(letter(
        "Hello", X_Firstline_Priority="1", X_OTRS_Priority="5 very high", X_RT_Command="Status: resolved",
        X_OTRS_Owner="ada", Importance="high",
    )))  # fmt: skip

    same = ("kind", "state", "priority", "owner_id", "team_id", "requester_id", "custom")
    assert [getattr(told, name) for name in same] == [getattr(plain, name) for name in same]


@pytest.mark.abuse("A8")
def test_a8_a_token_opens_one_ticket_for_one_person_and_nothing_else(case: Any, omar: Person) -> None:
    ticket, _ours = case
    token = ReplyToken.objects.get(ticket=ticket).token
    pick = random.Random(8)
    wrong = ["", token[:-1], token + "a", token.replace(token[0], "", 1), "a" * 26]
    for _each in range(200):
        place = pick.randrange(26)
        other = pick.choice([letter for letter in "abcdefghijklmnopqrstuvwxyz234567" if letter != token[place]])
        wrong.append(token[:place] + other + token[place + 1 :])

    found = [ticket_by_token([f"help+{each}@desk.example"], "rosa@example.org") for each in wrong]
    found += [ticket_by_token([f"help+{token}@desk.example"], "omar@example.org")]
    found += [ticket_by_token([f"help+{token}@other.example"], "rosa@example.org")]

    assert found == [(None, None)] * len(found)
    rosa = Person.objects.get(email="rosa@example.org")
    assert ticket_by_token([f"help+{token}@desk.example"], "rosa@example.org") == (ticket, rosa)


@pytest.mark.parametrize(
    "sender",
    [
        "rosa@example.org, mallory@evil.example",
        "mallory@evil.example, rosa@example.org",
        '"rosa@example.org" <mallory@evil.example>',
        "Friends: rosa@example.org, mallory@evil.example;",
    ],
)
@pytest.mark.abuse("A9")
def test_a9_an_ambiguous_sender_is_nobody_s_proof(case: Any, sender: str) -> None:
    ticket, ours = case
    before = public(ticket)

    raw = answer_to(ours, "Send it to me.").replace(b"From: rosa@example.org", f"From: {sender}".encode())
    arrive(raw)

    assert public(ticket) == before


@pytest.mark.abuse("A9")
def test_a9_two_from_lines_are_no_proof(case: Any) -> None:
    ticket, ours = case
    before = public(ticket)

    arrive(b"From: mallory@evil.example\r\n" + answer_to(ours, "Send it to me."))
    arrive(answer_to(ours, "Send it to me, too.").replace(b"To:", b"From: mallory@evil.example\r\nTo:", 1))

    assert public(ticket) == before


@pytest.mark.parametrize("other", ["ROSA+x@example.org", "ro.sa@example.org", "rosa@example.org.evil.example",
                                   "rosa%example.org@evil.example", "rosа@example.org"])  # fmt: skip
@pytest.mark.abuse("A10", "A13")
def test_a10_and_a13_a_look_alike_is_another_person(case: Any, other: str) -> None:
    ticket, ours = case
    before = public(ticket)

    arrive(letter(sender="x@y.example", to=ours.headers["Reply-To"]).replace(b"x@y.example", other.encode()))

    assert public(ticket) == before


@pytest.mark.abuse("A11")
def test_a11_results_of_another_server_count_for_nothing(case: Any, settings: Any) -> None:
    ticket, ours = case
    settings.MAIL_TRUSTED_SERVER = TRUSTED
    before = public(ticket)

    forged = answer_to(
        ours, "Send it to me.", Authentication_Results="mx.evil.example; dmarc=pass header.from=example.org"
    )
    arrive(forged)
    arrive(f"Authentication-Results: {FAIL}\r\nAuthentication-Results: {PASS}\r\n".encode() + forged)

    assert public(ticket) == before


@pytest.mark.abuse("A12")
def test_a12_answers_go_to_the_sender_and_the_other_address_is_told_to_the_desk(rosa: Person, ada: Person) -> None:
    ticket = ticket_of(arrive(letter(Reply_To="mallory@evil.example")))

    reply(ticket, "Hello", by=ada)

    assert sent_to("mallory@evil.example") == []
    assert Event.objects.get(kind="mail.answers_elsewhere").facts == {"address": "mallory@evil.example"}


@pytest.mark.abuse("A20")
def test_a20_a_message_id_that_was_claimed_first_does_not_swallow_the_true_mail(rosa: Person) -> None:
    arrive(letter("I was first.", sender="mallory@evil.example", message_id="<invoice-1@example.org>"))

    true = arrive(letter("The true mail.", message_id="<invoice-1@example.org>"))

    assert (true.state, public(ticket_of(true))) == ("taken", ["The true mail."])
    assert "same Message-ID" in true.reason


@pytest.mark.parametrize(
    "message_id", [b"", b"Message-ID: <" + b"a" * 10_000 + b">\r\n", b"Message-ID: \xff\xfe\x01\x02\r\n",
                   b"Message-ID: <a\x0bb@c>\r\nReferences: " + b"<x@y> " * 5_000 + b"\r\n"],
)  # fmt: skip
@pytest.mark.abuse("A21")
def test_a21_an_odd_message_id_is_no_obstacle(db: Any, message_id: bytes) -> None:
    mail = arrive(message_id + letter(message_id=""))

    assert mail.state == "taken"
    assert all(len(each.message_id) <= 300 for each in MailIdentity.objects.all())


@pytest.mark.parametrize("state", [StatusType.RESOLVED, StatusType.CLOSED, StatusType.WAITING])
@pytest.mark.abuse("A22")
def test_a22_a_reply_wakes_a_ticket_that_rests(case: Any, state: str) -> None:
    ticket, ours = case
    ticket.refresh_from_db()
    with acting():
        set_status(ticket, first_status(ticket.kind, state), by=None)

    mail = arrive(answer_to(ours, "It came back."))

    ticket.refresh_from_db()
    assert (mail.ticket, ticket.state) == (ticket, StatusType.OPEN)


@pytest.mark.abuse("A22")
def test_a22_a_reply_to_a_merged_ticket_goes_on_where_that_went(case: Any, lin: Person) -> None:
    ticket, ours = case
    other = ticket_of(arrive(letter("The same again")))
    merge(ticket, other, by=lin)

    mail = arrive(answer_to(ours, "It works."))

    assert ticket_of(mail) == other


@pytest.mark.abuse("A22")
def test_a22_a_reply_to_an_erased_ticket_makes_a_new_one(case: Any) -> None:
    ticket, ours = case
    with acting():
        RawMail.objects.filter(ticket=ticket).update(ticket=None, message=None)
        OutgoingMail.objects.filter(ticket=ticket).delete()
        number = ticket.pk
        ticket.delete()

    mail = arrive(answer_to(ours, "It works."))

    assert ticket_of(mail).pk != number or not mail.reason


@pytest.mark.abuse("A23")
def test_a23_a_token_inside_the_words_is_no_token(case: Any, omar: Person) -> None:
    ticket, ours = case

    mail = arrive(letter(f"Look what they wrote: {ours.headers['Reply-To']}\n{ours.message_id}\n{ours.text}"))

    assert mail.ticket != ticket
