from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from firstline.core.actions import NotAllowed, OutsideAction, Refused
from firstline.core.events.models import Event
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign, take
from firstline.work.tickets.actions.confirm import confirm
from firstline.work.tickets.actions.convert import convert
from firstline.work.tickets.actions.edit import assess, prioritise, retitle, set_due, set_tags
from firstline.work.tickets.actions.link import link
from firstline.work.tickets.actions.merge import merge, unmerge
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import change_status, close, reopen, resolve, withdraw
from firstline.work.tickets.models import Confirmation, Link, Status, StatusType, Ticket, Turn

pytestmark = pytest.mark.django_db


def kinds_of(ticket: Ticket) -> list[str]:
    found = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk).order_by("id")
    return list(found.values_list("kind", flat=True))


@pytest.mark.accepts("S0.1")
def test_a_new_ticket_has_time_sender_and_priority_without_anybody_typing_them(rosa: Person) -> None:
    ticket = open_ticket(rosa, "  VPN   is down ", by=rosa)

    assert (ticket.subject, ticket.requester, ticket.priority, ticket.state) == ("VPN is down", rosa, 3, "new")
    assert ticket.created_at is not None
    assert kinds_of(ticket) == ["ticket.opened"]


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"), [(1, 1, 1), (1, 2, 2), (2, 2, 3), (3, 3, 4), (None, None, 3)]
)
def test_the_priority_follows_from_impact_and_urgency(
    rosa: Person, impact: int | None, urgency: int | None, priority: int
) -> None:
    assert open_ticket(rosa, "x", impact=impact, urgency=urgency, by=rosa).priority == priority


def test_a_requester_opens_tickets_only_for_themselves(rosa: Person, omar: Person) -> None:
    with pytest.raises(NotAllowed):
        open_ticket(omar, "For Omar", by=rosa)

    assert not Ticket.objects.exists()


def test_a_ticket_cannot_be_written_outside_an_action(rosa: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    with pytest.raises(OutsideAction):
        ticket.save()
    with pytest.raises(OutsideAction):
        Ticket.objects.update(subject="y")


def test_taking_a_new_ticket_opens_it(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    take(ticket, by=ada)

    assert (ticket.owner, ticket.state) == (ada, "open")
    assert kinds_of(ticket) == ["ticket.opened", "ticket.assigned", "ticket.status_changed"]


def test_only_somebody_of_the_desk_can_own_a_ticket(rosa: Person, omar: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    with pytest.raises(Refused):
        assign(ticket, omar, by=ada)
    with pytest.raises(NotAllowed):
        take(ticket, by=rosa)


def test_assigning_to_who_has_it_already_records_nothing(rosa: Person, ada: Person) -> None:
    ticket = take(open_ticket(rosa, "x", by=rosa), by=ada)
    before = kinds_of(ticket)

    assign(ticket, ada, by=ada)

    assert kinds_of(ticket) == before


@pytest.mark.accepts("S0.36")
def test_the_requester_confirms_and_the_ticket_closes(rosa: Person, ada: Person) -> None:
    ticket = resolve(open_ticket(rosa, "x", by=rosa), by=ada)
    assert (ticket.state, ticket.turn) == ("resolved", Turn.REQUESTER)

    confirm(ticket, True, by=rosa)

    assert ticket.state == "closed"
    assert Confirmation.objects.get(ticket=ticket).is_solved


def test_what_is_not_confirmed_opens_again(rosa: Person, ada: Person) -> None:
    ticket = resolve(open_ticket(rosa, "x", by=rosa), by=ada)

    confirm(ticket, False, remark="Still red", by=rosa)

    assert (ticket.state, ticket.is_unsolved, ticket.reopen_count, ticket.resolved_at) == ("open", True, 1, None)


def test_an_open_ticket_cannot_be_confirmed(rosa: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    with pytest.raises(Refused):
        confirm(ticket, True, by=rosa)


@pytest.mark.accepts("S0.37")
def test_reopening_keeps_owner_and_history(rosa: Person, ada: Person) -> None:
    ticket = close(take(open_ticket(rosa, "x", by=rosa), by=ada), by=ada)

    reopen(ticket, by=rosa)

    assert (ticket.owner, ticket.state, ticket.closed_at) == (ada, "open", None)
    assert "ticket.reopened" in kinds_of(ticket)


def test_somebody_else_cannot_reopen_or_withdraw(rosa: Person, omar: Person, ada: Person) -> None:
    ticket = close(open_ticket(rosa, "x", by=rosa), by=ada)

    for verb in (reopen, withdraw):
        with pytest.raises(NotAllowed):
            verb(ticket, by=omar)


@pytest.mark.accepts("S3.22")
def test_a_status_of_another_kind_is_refused(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    with pytest.raises(Refused):
        change_status(ticket, Status.objects.filter(kind="change")[0], by=ada)


def test_waiting_for_the_requester_is_the_requesters_turn(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    change_status(ticket, Status.objects.get(kind="incident", key="waiting-requester"), by=ada)

    assert (ticket.state, ticket.turn) == (StatusType.WAITING, Turn.REQUESTER)


def test_open_children_keep_their_parent_open(rosa: Person, ada: Person) -> None:
    parent, child = open_ticket(rosa, "parent", by=rosa), open_ticket(rosa, "child", by=rosa)
    link(parent, child, Link.Type.PARENT, by=ada)

    with pytest.raises(Refused, match=f"#{child.pk}"):
        close(parent, by=ada)
    close(child, by=ada)
    close(parent, by=ada)

    assert parent.state == "closed"


def test_a_family_tree_has_no_circles(rosa: Person, ada: Person) -> None:
    first, second, third = (open_ticket(rosa, name, by=rosa) for name in ("a", "b", "c"))
    link(first, second, "parent", by=ada)
    link(second, third, "parent", by=ada)

    with pytest.raises(Refused):
        link(third, first, "parent", by=ada)


def test_a_merge_is_undone_completely(rosa: Person, omar: Person, ada: Person) -> None:
    one = take(open_ticket(omar, "printer", by=omar), by=ada)
    other = open_ticket(rosa, "printer, too", by=rosa)
    before = (one.status_id, one.state, one.is_unsolved)

    merge(one, other, by=ada)
    assert (one.merged_into, one.is_unsolved) == (other, False)
    assert other.participants.filter(person=omar, role="cc").exists()

    unmerge(one, by=ada)

    assert (one.status_id, one.state, one.is_unsolved) == before
    assert not other.participants.exists()


@pytest.mark.parametrize("verb", [take, close, lambda ticket, by: retitle(ticket, "y", by=by)])
def test_a_merged_ticket_is_not_changed_any_more(rosa: Person, ada: Person, verb: Any) -> None:
    one, other = open_ticket(rosa, "a", by=rosa), open_ticket(rosa, "b", by=rosa)
    merge(one, other, by=ada)

    with pytest.raises(Refused, match=f"#{other.pk}"):
        verb(one, by=ada)


@pytest.mark.accepts("S4.7")
def test_a_ticket_changes_its_kind_and_keeps_number_and_state(rosa: Person, ada: Person) -> None:
    ticket = take(open_ticket(rosa, "x", by=rosa), by=ada)

    convert(ticket, "change", by=ada)

    assert (ticket.kind, ticket.state, ticket.status.kind, ticket.owner) == ("change", "open", "change", ada)


def test_a_priority_set_by_hand_stays_when_the_assessment_changes(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)
    prioritise(ticket, 1, reason="The director waits", by=ada)

    assess(ticket, impact=3, urgency=3, by=ada)

    assert ticket.priority == 1
    assert ticket.priority_reason == {"rule": "override", "reason": "The director waits"}


def test_tags_are_kept_once_and_in_lower_case(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    set_tags(ticket, ["VPN", "vpn ", "", "Two  words"], by=ada)

    assert sorted(ticket.tags.values_list("name", flat=True)) == ["two words", "vpn"]


@pytest.mark.accepts("S0.16", "S0.32")
def test_every_change_leaves_actor_and_both_values(rosa: Person, ada: Person, network: Team) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    route(ticket, network, by=ada)
    retitle(ticket, "y", by=ada)

    events = list(Event.objects.filter(subject_id=ticket.pk, actor=ada).order_by("id"))
    assert [(event.kind, event.facts) for event in events] == [
        ("ticket.routed", {"from": None, "to": network.pk}),
        ("ticket.edited", {"changes": {"subject": ["x", "y"]}}),
    ]
    assert events[0].describe() == "handed it to Network"


def test_a_due_date_and_an_assessment_are_told_in_words(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    set_due(ticket, datetime(2026, 11, 30, 17, 0, tzinfo=UTC), by=ada)
    assess(ticket, impact=1, urgency=None, by=ada)

    told = [event.describe() for event in Event.objects.filter(kind="ticket.edited").order_by("id")]
    assert told == ["set the due date to 11/30/2026 5 p.m.", "set the impact to “Everybody, or a whole site”"]
