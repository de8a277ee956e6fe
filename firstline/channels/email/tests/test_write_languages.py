"""A mail speaks the language of whoever receives it, whoever causes it."""

from __future__ import annotations

import pytest
from django.utils import translation

from firstline.channels.email.actions.write import write_receipt
from firstline.channels.email.models import OutgoingMail
from firstline.core.actions import acting
from firstline.core.preferences import house
from firstline.core.preferences.actions.set import set_preference
from firstline.people.accounts.actions.edit import edit_own
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.models import Ticket

pytestmark = pytest.mark.django_db

FOOT = "Yêu cầu #{}: "


@pytest.fixture
def ticket(rosa: Person) -> Ticket:
    return open_ticket(rosa, "VPN bị ngắt", by=rosa)


def last_text(to: Person) -> str:
    return OutgoingMail.objects.filter(person=to).latest("id").text


def test_an_answer_is_dressed_in_the_readers_language(ticket: Ticket, rosa: Person, ada: Person) -> None:
    edit_own(rosa, changes={"language": "vi"}, by=rosa)

    reply(ticket, "Xin thử lại.", by=ada)

    assert FOOT.format(ticket.pk) in last_text(rosa)


def test_the_question_whether_it_is_solved_is_asked_in_the_readers_language(
    ticket: Ticket, rosa: Person, ada: Person
) -> None:
    edit_own(rosa, changes={"language": "vi"}, by=rosa)

    with translation.override("en"):
        resolve(ticket, by=ada)

    assert "yêu cầu “VPN bị ngắt” của bạn được đánh dấu là đã giải quyết." in last_text(rosa)


def test_a_reader_of_english_gets_english_from_a_desk_that_works_in_vietnamese(
    ticket: Ticket, rosa: Person, ada: Person
) -> None:
    edit_own(rosa, changes={"language": "en"}, by=rosa)

    with translation.override("vi"):
        resolve(ticket, by=ada)

    assert "is marked as solved" in last_text(rosa)


def test_who_has_chosen_no_language_reads_the_organisations(ticket: Ticket, rosa: Person, bea: Person) -> None:
    set_preference(house.LANGUAGE.key, "vi", by=bea)

    with acting():
        write_receipt(ticket, rosa)

    assert f"Số phiếu là #{ticket.pk}." in last_text(rosa)
