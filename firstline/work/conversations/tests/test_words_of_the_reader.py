"""The desk and the requester know one status by two names, and each reads their own language."""

from __future__ import annotations

import pytest
from django.utils import translation

from firstline.core.actions import Refused
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import reply
from firstline.work.conversations.queries import timeline
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.settings import save_status
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.events import TicketStatusChanged
from firstline.work.tickets.models import Status, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(rosa: Person, ada: Person) -> Ticket:
    opened = open_ticket(rosa, "VPN is down", by=rosa)
    for key in ("in-progress", "waiting-requester"):
        change_status(opened, Status.objects.get(kind="incident", key=key), by=ada)
    return opened


def steps(ticket: Ticket, person: Person, *, as_requester: bool = False) -> list[str]:
    entries = timeline(ticket, person, as_requester=as_requester)
    return [event.describe() for each in entries for event in each.events if event.kind == TicketStatusChanged.key]


def test_the_desk_reads_its_own_names_of_statuses(ticket: Ticket, ada: Person) -> None:
    assert steps(ticket, ada) == [
        "changed the status from New to In progress",
        "changed the status from In progress to Waiting for requester",
    ]


@pytest.mark.parametrize("as_requester", [True, False])
def test_a_requester_reads_the_names_meant_for_requesters(ticket: Ticket, rosa: Person, as_requester: bool) -> None:
    assert steps(ticket, rosa, as_requester=as_requester) == [
        "changed the status from Received to In progress",
        "changed the status from In progress to Waiting for your answer",
    ]


def test_somebody_of_the_desk_reads_the_requesters_words_in_the_portal(ticket: Ticket, ada: Person) -> None:
    assert steps(ticket, ada, as_requester=True)[1] == "changed the status from In progress to Waiting for your answer"


def test_a_step_between_statuses_of_one_name_is_no_news_to_a_requester(
    ticket: Ticket, rosa: Person, ada: Person
) -> None:
    second = save_status(
        Status(kind="incident", name="Asked again", type="waiting", requester_label="Waiting for your answer"), by=None
    )
    change_status(ticket, second, by=ada)

    assert (len(steps(ticket, ada)), len(steps(ticket, rosa, as_requester=True))) == (3, 2)


def test_a_requester_reads_the_history_in_vietnamese(ticket: Ticket, rosa: Person) -> None:
    with translation.override("vi"):
        assert steps(ticket, rosa, as_requester=True)[0] == "đã chuyển trạng thái từ Đã tiếp nhận sang Đang xử lý"


def test_a_refusal_speaks_the_language_of_whoever_is_refused(ticket: Ticket, ada: Person) -> None:
    with translation.override("vi"), pytest.raises(Refused, match="Chưa có gì để gửi"):
        reply(ticket, " ", by=ada)
