"""Who is told of what on a ticket: through actions and the worker, as it really goes."""

from __future__ import annotations

import pytest
from django.test import Client

from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person
from firstline.people.notifications.actions.choose import choose
from firstline.people.notifications.fields import Channel
from firstline.people.notifications.models import Delivery, Notice
from firstline.people.notifications.queries import inbox_of, lines, unread_count
from firstline.people.teams.actions.members import remove_member
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import note, reply
from firstline.work.conversations.notices import tell_of_a_reply
from firstline.work.tickets.actions.assign import assign, take
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.participants import add_participant, watch
from firstline.work.tickets.actions.route import route
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db


def told(who: Person) -> list[tuple[str, tuple[str, ...]]]:
    return [(notice.kind, tuple(notice.reasons)) for notice in Notice.objects.filter(person=who).order_by("id")]


def titles(who: Person) -> list[str]:
    return [line.title for line in lines(who, inbox_of(who).order_by("id"))]


def test_whoever_gets_a_ticket_is_told_and_whoever_gives_it_is_not(ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=lin)
    drain()

    assert told(ada) == [("ticket.assigned", ("owner",))]
    assert told(lin) == []
    assert titles(ada) == [f"#{ticket.pk} is yours now: Printer jams"]
    assert unread_count(ada) == 1


def test_whoever_takes_a_ticket_is_not_told(ada: Person, rosa: Person) -> None:
    take(open_ticket(rosa, "Printer jams", by=rosa), by=ada)
    drain()

    assert told(ada) == []


def test_a_ticket_without_owner_is_told_to_its_team_once(ada: Person, lin: Person, rosa: Person, network: Team) -> None:
    works_in(network, ada)
    ticket = open_ticket(rosa, "No Wi-Fi", by=rosa)
    route(ticket, network, by=lin)
    drain()

    assert told(ada) == [("ticket.routed", ("team",))]
    assert titles(ada) == [f"New for Network: #{ticket.pk} No Wi-Fi"]


def test_an_internal_note_never_reaches_the_requesters_side(ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=ada)
    watch(ticket, by=lin)
    copied = person("Carla")
    add_participant(ticket, copied, "cc", by=ada)
    drain()
    Notice.objects.all()._raw_delete("default")
    note(ticket, "She is difficult.", by=lin)
    reply(ticket, "We are on it.", by=lin)
    drain()

    assert told(ada) == [("conversation.note", ("owner",)), ("conversation.reply", ("owner",))]
    assert [kind for kind, _why in told(rosa)] == ["conversation.reply"]
    assert [kind for kind, _why in told(copied)] == ["conversation.reply"]
    assert told(lin) == []  # who wrote it


def test_whoever_is_mentioned_gets_one_notice_for_the_note_not_two(ada: Person, lin: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=ada)
    note(ticket, "@ada please look", by=lin)
    drain()

    assert told(ada) == [("conversation.mention", ("mentioned",))]


def test_answers_of_the_desk_are_not_mailed_twice_to_the_requester(ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    choose(rosa, {("conversation.reply", Channel.MAIL): True}, by=rosa)
    reply(ticket, "We are on it.", by=ada)
    drain()

    assert [kind for kind, _why in told(rosa)][-1] == "conversation.reply"
    assert not Delivery.objects.filter(notice__person=rosa, channel=Channel.MAIL).exists()


def test_a_notice_of_a_ticket_one_may_not_see_any_more_is_neither_shown_nor_counted(
    rosa: Person, lin: Person, hr: Team
) -> None:
    nora = person("Nora", "agent")
    works_in(hr, nora)
    ticket = open_ticket(rosa, "Salary", team=hr, by=None)
    note(ticket, "First", by=nora)
    watcher = works_in(hr, person("Wim", "agent"))
    watch(ticket, by=watcher)
    note(ticket, "Between us", by=nora)
    drain()
    assert [unread_count(watcher), len(titles(watcher))] == [3, 3]  # new for the team, and two notes

    remove_member(hr, watcher, by=None)
    forget(watcher)

    assert [unread_count(watcher), titles(watcher)] == [0, []]


def test_doing_it_again_tells_nobody_twice(ada: Person, lin: Person, rosa: Person) -> None:

    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=lin)
    reply(ticket, "It still jams.", by=rosa)
    drain()
    before = Notice.objects.count()
    tell_of_a_reply(Event.objects.get(kind="conversation.replied"))

    assert Notice.objects.count() == before
    assert Notice.objects.filter(person=ada, kind="conversation.answer").count() == 1


def test_the_inbox_links_each_line_to_its_ticket_and_can_be_emptied(
    client: Client, ada: Person, lin: Person, rosa: Person
) -> None:
    ticket = open_ticket(rosa, "Printer jams", by=rosa)
    assign(ticket, ada, by=lin)
    drain()
    client.force_login(ada)

    body = client.get("/notices").content.decode()
    assert f'href="/tickets/{ticket.pk}"' in body
    assert "because you own it" in body
    assert "1 new" in client.get("/notices/bell").content.decode()

    client.post("/notices/read")
    assert unread_count(ada) == 0
    assert "1 new" not in client.get("/notices/bell").content.decode()


def test_looking_at_a_notice_changes_nothing(client: Client, ada: Person, lin: Person, rosa: Person) -> None:
    assign(open_ticket(rosa, "Printer jams", by=rosa), ada, by=lin)
    drain()
    client.force_login(ada)
    notice = Notice.objects.get(person=ada)

    assert client.get(f"/notices/{notice.pk}").status_code == 302
    assert client.get("/notices").status_code == 200
    assert unread_count(ada) == 1
    client.force_login(lin)
    assert client.get(f"/notices/{notice.pk}").status_code == 404
    assert client.post(f"/notices/{notice.pk}/read").status_code == 404


def test_a_choice_of_mine_is_kept_and_followed(client: Client, ada: Person, lin: Person, rosa: Person) -> None:
    client.force_login(ada)
    page = client.get("/notices/choices").content.decode()
    assert 'value="ticket.assigned:inbox" checked' in page

    client.post("/notices/choices/kinds", {"on": ["ticket.assigned:mail"]})
    assign(open_ticket(rosa, "Printer jams", by=rosa), ada, by=lin)
    drain()

    assert 'value="ticket.assigned:inbox" checked' not in client.get("/notices/choices").content.decode()
    assert unread_count(ada) == 0
    assert [each.channel for each in Delivery.objects.filter(notice__person=ada)] == ["mail"]
