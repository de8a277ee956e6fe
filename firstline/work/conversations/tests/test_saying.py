from __future__ import annotations

import pytest

from firstline.core.actions import NotAllowed, Refused
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import note, reply, save_draft, tell
from firstline.work.conversations.actions.split import split, unsplit
from firstline.work.conversations.models import Draft, Mention, Message
from firstline.work.conversations.queries import messages_visible_to, timeline
from firstline.work.tickets.actions.merge import merge
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import close
from firstline.work.tickets.models import Ticket, Turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(rosa: Person) -> Ticket:
    return open_ticket(rosa, "VPN is down", by=rosa)


def test_the_first_answer_of_the_desk_is_noted_once(ticket: Ticket, ada: Person) -> None:
    reply(ticket, "We look into it.", by=ada)
    first = ticket.first_response_at

    reply(ticket, "Still looking.", by=ada)

    assert first is not None
    assert (ticket.first_response_at, ticket.state, ticket.turn) == (first, "open", Turn.REQUESTER)


def test_an_answer_of_the_requester_opens_a_closed_ticket(ticket: Ticket, rosa: Person, ada: Person) -> None:
    close(ticket, by=ada)

    reply(ticket, "It is back.", by=rosa)

    assert (ticket.state, ticket.turn) == ("open", Turn.DESK)


def test_what_nobody_wrote_is_said_by_the_desk_and_is_no_answer(ticket: Ticket, rosa: Person) -> None:
    message = tell(ticket, "We have it.", by=None)

    assert (message.author, message.is_from_desk, message.is_internal) == (None, True, False)
    assert (ticket.first_response_at, ticket.state, ticket.turn) == (None, "new", Turn.DESK)
    with pytest.raises(NotAllowed):
        tell(ticket, "me, too", by=Person(pk=0))


@pytest.mark.abuse("D7")
def test_a_requester_cannot_write_notes(ticket: Ticket, rosa: Person) -> None:
    with pytest.raises(NotAllowed):
        note(ticket, "psst", by=rosa)


def test_a_stranger_cannot_reply(ticket: Ticket, omar: Person) -> None:
    with pytest.raises(NotAllowed):
        reply(ticket, "me too", by=omar)


def test_an_empty_reply_is_refused_in_a_sentence(ticket: Ticket, ada: Person) -> None:
    with pytest.raises(Refused, match="nothing to send"):
        reply(ticket, "  \n ", by=ada)


@pytest.mark.abuse("D8")
def test_notes_are_read_by_the_desk_only(ticket: Ticket, rosa: Person, ada: Person) -> None:
    reply(ticket, "public words", by=ada)
    note(ticket, "internal words", by=ada)

    assert [each.text for each in messages_visible_to(ada, ticket)] == ["public words", "internal words"]
    assert [each.text for each in messages_visible_to(rosa, ticket)] == ["public words"]


def test_somebody_of_the_desk_reads_no_notes_on_their_own_private_request(
    rosa: Person, ada: Person, hr: object
) -> None:
    from firstline.work.tickets.actions.route import route

    own = open_ticket(ada, "My salary", by=ada)
    note(own, "about Ada", author=None, by=None)
    route(own, hr, by=None)  # type: ignore[arg-type]

    assert [each.text for each in messages_visible_to(ada, own)] == []


@pytest.mark.accepts("S0.34")
def test_requester_and_agent_talk_on_the_ticket(ticket: Ticket, rosa: Person, ada: Person) -> None:
    reply(ticket, "It does **not** work", by=rosa)
    reply(ticket, "Try again", by=ada)

    said = [(entry.message.author, entry.message.is_from_desk) for entry in timeline(ticket, rosa) if entry.message]

    assert said == [(rosa, False), (ada, True)]
    assert Message.objects.order_by("id")[0].html == "<p>It does <strong>not</strong> work</p>\n"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "![x](http://evil/x.png)", "[x](javascript:alert(1))"])
@pytest.mark.abuse("C10")
def test_typed_text_never_becomes_active(ticket: Ticket, rosa: Person, text: str) -> None:
    html = reply(ticket, text, by=rosa).html

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_a_mention_calls_somebody_of_the_desk_once(ticket: Ticket, ada: Person, lin: Person, rosa: Person) -> None:
    note(ticket, "@lin please look, @lin! @rosa cannot read this, nor can nobody@example.org", by=ada)

    assert [mention.person for mention in Mention.objects.all()] == [lin]


def test_a_split_is_undone_completely(ticket: Ticket, rosa: Person, ada: Person) -> None:
    first = reply(ticket, "VPN is down", by=rosa)
    second = reply(ticket, "And the printer is on fire", by=rosa)

    new = split(ticket, [second.pk], "Printer on fire", by=ada)
    assert [each.pk for each in messages_visible_to(ada, ticket)] == [first.pk]
    assert [each.pk for each in messages_visible_to(ada, new)] == [second.pk]

    unsplit(new, by=ada)
    ticket.refresh_from_db()

    assert [each.pk for each in messages_visible_to(ada, ticket)] == [first.pk, second.pk]
    assert new.merged_into == ticket


def test_the_last_message_cannot_be_split_off(ticket: Ticket, rosa: Person, ada: Person) -> None:
    only = reply(ticket, "VPN is down", by=rosa)

    with pytest.raises(Refused):
        split(ticket, [only.pk], "x", by=ada)


def test_a_merged_tickets_messages_are_read_on_the_other(
    ticket: Ticket, rosa: Person, omar: Person, ada: Person
) -> None:
    other = open_ticket(omar, "VPN", by=omar)
    said = reply(other, "Mine, too", by=omar)

    merge(other, ticket, by=ada)

    assert said.pk in [each.pk for each in messages_visible_to(ada, ticket)]


def test_a_draft_is_kept_until_it_is_sent(ticket: Ticket, ada: Person) -> None:
    save_draft(ticket, "Dear Ro", "public", by=ada)
    save_draft(ticket, "Dear Rosa", "public", by=ada)
    assert [draft.text for draft in Draft.objects.all()] == ["Dear Rosa"]

    reply(ticket, "Dear Rosa, done.", by=ada)

    assert not Draft.objects.exists()
