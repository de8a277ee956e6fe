"""Tasks on a ticket: given, worked on, done in their order, and the ticket that waits for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.conditions import matches, parse, to_q
from firstline.core.events.models import Event
from firstline.core.fields import Context
from firstline.core.jobs.draining import drain
from firstline.people.access.rules import forget
from firstline.people.notifications.models import Notice
from firstline.people.teams.models import Team
from firstline.work.tasks.actions.add import add_task, take_away
from firstline.work.tasks.actions.edit import assign_task, edit_task, place_task, set_due, set_needs, take_task
from firstline.work.tasks.actions.progress import ask_review, begin, block, drop, finish, reopen, rest
from firstline.work.tasks.actions.say import detach, remark_on, spend, take_back_time
from firstline.work.tasks.jobs import tell_what_is_due
from firstline.work.tasks.models import Assignee, Progress, State, Task
from firstline.work.tasks.queries import lines_of, panel, summary, tasks_of, visible_to
from firstline.work.tickets.actions.merge import merge
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import close, resolve, withdraw
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket
from tests.cast import works_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(rosa: Any, network: Team) -> Ticket:
    return open_ticket(rosa, "Somebody new on Monday", kind="request", team=network, by=None)


def waiting(person: Any) -> list[str]:
    return [row["title"] for row in lines_of(person, "waiting")[0].order_by("due_or_never", "id")]


def kinds(ticket: Ticket) -> list[str]:
    found = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, kind__startswith="ticket.task")
    return list(found.order_by("id").values_list("kind", flat=True))


@pytest.mark.accepts("S3.32")
def test_a_task_has_its_own_people_and_date(ticket: Ticket, ada: Any, lin: Any, omar: Any) -> None:
    due = clock.now() + timedelta(days=2)

    task = add_task(ticket, "  Order the\nlaptop ", text="A light one.", people=[ada, omar], due_at=due, by=lin)

    assert (task.title, task.text, task.due_at, task.opened_by) == ("Order the laptop", "A light one.", due, lin)
    assert waiting(ada) == waiting(omar) == ["Order the laptop"]
    assert waiting(lin) == []
    assert kinds(ticket) == ["ticket.task_added"]
    assert Event.objects.get(kind="ticket.task_added").facts["people"] == [ada.pk, omar.pk]


def test_a_task_without_people_is_anybodys_of_the_team(ticket: Ticket, ada: Any, lin: Any, network: Team) -> None:
    task = add_task(ticket, "Order it", by=lin)
    works_in(network, ada)
    forget(ada)

    assert waiting(ada) == ["Order it"]
    take_task(task, by=ada)

    assert waiting(ada) == ["Order it"]
    works_in(network, lin)
    forget(lin)
    assert waiting(lin) == []


def test_only_the_desk_adds_tasks_and_only_those_who_have_one_work_on_it(
    ticket: Ticket, ada: Any, rosa: Any, omar: Any
) -> None:
    for person in (rosa, omar):
        with pytest.raises(NotAllowed):
            add_task(ticket, "Mine", by=person)
    task = add_task(ticket, "Order it", people=[omar], by=ada)
    with pytest.raises(NotAllowed):
        finish(task, by=rosa)
    assert list(visible_to(rosa)) == []
    assert list(visible_to(omar)) == [task]

    finish(task, "It came.", by=omar)

    assert (task.state, task.ended_by, task.is_ready) == ("done", omar, False)
    assert task.remarks.get().text == "It came."


@pytest.mark.accepts("S3.37")
def test_the_status_goes_from_open_to_done_and_blocked_needs_a_reason(ticket: Ticket, ada: Any) -> None:
    task = add_task(ticket, "Order it", people=[ada], by=ada)

    with pytest.raises(Refused, match="blocked by"):
        block(task, " ", by=ada)
    states = [task.state, *(step(task, by=ada).state for step in (begin, ask_review))]
    states.append(block(task, "The shop is closed.", by=ada).state)

    assert states == ["open", "progress", "review", "blocked"]
    assert task.reason == "The shop is closed."
    assert summary(tasks_of(ticket)) == "0 of 1 done; 1 is blocked: “The shop is closed.”"
    rest(task, by=ada)
    assert (task.state, task.reason) == ("open", "")
    drop(task, "She has one.", by=ada)
    assert (task.state, task.reason, waiting(ada)) == ("not_needed", "She has one.", [])
    reopen(task, by=ada)
    assert (task.state, task.reason, waiting(ada)) == ("open", "", ["Order it"])


def test_a_task_opens_the_next_one_when_it_is_done(ticket: Ticket, ada: Any, lin: Any) -> None:
    first, second = (add_task(ticket, title, people=[ada], by=lin) for title in ("Buy it", "Pay it"))
    third = add_task(ticket, "Set it up", people=[lin], needs=[first, second], by=lin)

    assert (third.state, waiting(lin)) == ("waiting", [])
    with pytest.raises(Refused, match="“Buy it”, “Pay it”") as refusal:
        begin(third, by=lin)
    assert [label for label, _url in refusal.value.links] == ["Buy it", "Pay it"]
    finish(first, by=ada)
    assert waiting(lin) == []
    drop(second, "A gift.", by=ada)
    third.refresh_from_db()
    assert (third.state, waiting(lin)) == ("open", ["Set it up"])
    drain()
    assert Notice.objects.filter(kind="task.can_begin", person=lin, about_id=third.pk).count() == 1
    assert not Notice.objects.filter(kind="task.given", person=lin).exists()

    reopen(first, by=ada)

    third.refresh_from_db()
    assert (third.state, waiting(lin)) == ("waiting", [])
    assert Assignee.objects.get(task=third).is_ready is False


def test_tasks_never_wait_for_each_other_in_a_circle(ticket: Ticket, ada: Any, rosa: Any) -> None:
    first = add_task(ticket, "First", by=ada)
    second = add_task(ticket, "Second", needs=[first], by=ada)
    third = add_task(ticket, "Third", needs=[second], by=ada)
    foreign = add_task(open_ticket(rosa, "Another", by=None), "Elsewhere", by=ada)

    for needs in ([third], [first]):
        with pytest.raises(Refused, match="for ever"):
            set_needs(first, needs, by=ada)
    with pytest.raises(Refused, match="same ticket"):
        set_needs(first, [foreign], by=ada)
    set_needs(third, [], by=ada)

    third.refresh_from_db()
    assert third.state == "open"


@pytest.mark.accepts("S1.51")
def test_a_ticket_is_not_solved_while_a_task_it_waits_for_is_open(ticket: Ticket, ada: Any) -> None:
    task = add_task(ticket, "Order it", by=ada)
    add_task(ticket, "Tell the others", blocks_closing=False, by=ada)

    for verb in (resolve, close):
        with pytest.raises(Refused, match="“Order it”") as refusal:
            verb(ticket, by=ada)
        assert refusal.value.links == (("Order it", f"/tasks/{task.pk}"),)
    assert Ticket.objects.get(pk=ticket.pk).is_unsolved
    finish(task, by=ada)
    resolve(ticket, by=ada)

    assert not Ticket.objects.get(pk=ticket.pk).is_unsolved
    with pytest.raises(Refused, match="is solved"):
        reopen(task, by=ada)
    with pytest.raises(Refused, match="is solved"):
        add_task(ticket, "One more", by=ada)


def test_what_the_requester_takes_back_needs_no_tasks_any_more(ticket: Ticket, ada: Any, rosa: Any) -> None:
    task = add_task(ticket, "Order it", people=[ada], by=ada)

    withdraw(ticket, by=rosa)

    task.refresh_from_db()
    assert (task.state, waiting(ada)) == ("not_needed", [])


@pytest.mark.accepts("S3.36")
def test_remarks_files_and_time_belong_to_one_task(ticket: Ticket, ada: Any, lin: Any, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    task, other = add_task(ticket, "Order it", by=ada), add_task(ticket, "Pay it", by=ada)
    client.force_login(ada)

    remark_on(task, "The blue one.", by=lin)
    client.post(f"/tasks/{task.pk}/files", {"files": SimpleUploadedFile("offer.txt", b"640 euros")})
    spent = spend(task, 45, by=ada)
    spend(task, 15, by=lin)

    task.refresh_from_db()
    file = task.files.get()
    page = client.get(f"/tasks/{task.pk}").content.decode()
    assert all(words in page for words in ("The blue one.", "offer.txt", "60 min"))
    assert "The blue one." not in client.get(f"/tasks/{other.pk}").content.decode()
    assert b"".join(client.get(file.get_absolute_url()).streaming_content) == b"640 euros"  # type: ignore[attr-defined]
    detach(task, file, by=ada)
    assert client.get(file.get_absolute_url()).status_code == 404
    with pytest.raises(Refused, match="Only who noted"):
        take_back_time(task, spent, by=lin)
    take_back_time(task, spent, by=ada)
    task.refresh_from_db()
    assert task.minutes == 15
    with pytest.raises(Refused, match="number of minutes"):
        spend(task, 0, by=ada)


def test_whoever_gets_a_task_is_told_and_so_is_the_tickets_owner_when_it_is_done(
    ticket: Ticket, ada: Any, lin: Any, omar: Any
) -> None:
    from firstline.work.tickets.actions.assign import assign

    assign(ticket, lin, by=lin)
    task = add_task(ticket, "Bring a chair", people=[omar], by=ada)
    drain()
    given = Notice.objects.get(kind="task.given")
    assert (given.person, given.about_noun, given.about_id) == (omar, "task", task.pk)

    assign_task(task, [omar, ada], by=lin)
    block(task, "No chair is left.", by=omar)
    drain()
    assert sorted(Notice.objects.filter(kind="task.given").values_list("person", flat=True)) == [ada.pk, omar.pk]
    assert Notice.objects.get(kind="task.blocked").person == lin
    finish(task, by=omar)
    drain()

    assert Notice.objects.get(kind="task.done").person == lin


def test_a_task_that_is_due_is_told_once_and_again_with_another_date(ticket: Ticket, ada: Any, lin: Any) -> None:
    task = add_task(ticket, "Order it", people=[ada], due_at=clock.now() + timedelta(hours=1), by=lin)
    waits = add_task(ticket, "Pay it", people=[ada], needs=[task], due_at=clock.now() + timedelta(hours=1), by=lin)
    tell_what_is_due()
    assert "ticket.task_due" not in kinds(ticket)

    with clock.set_to(clock.now() + timedelta(hours=2)):
        tell_what_is_due()
        tell_what_is_due()
        drain()
        assert kinds(ticket).count("ticket.task_due") == 1
        assert Notice.objects.get(kind="task.due").person == ada
        waits.refresh_from_db()
        assert not waits.is_told_due
        set_due(task, clock.now() + timedelta(hours=1), by=lin)
    with clock.set_to(clock.now() + timedelta(hours=4)):
        tell_what_is_due()

    assert kinds(ticket).count("ticket.task_due") == 2


def test_searches_and_rules_ask_how_many_tasks_are_open_or_blocked(ticket: Ticket, rosa: Any, ada: Any) -> None:
    bare = open_ticket(rosa, "Nothing to do", by=None)
    task = add_task(ticket, "Order it", by=ada)
    block(task, "Closed.", by=ada)
    done = open_ticket(rosa, "All done", by=None)
    finish(add_task(done, "Order it", by=ada), by=ada)
    context = Context(viewer=ada)

    def found(text: str) -> set[int]:
        condition = parse(text, catalogue, context)
        by_filter = set(Ticket.objects.filter(to_q(condition, catalogue, context)).values_list("pk", flat=True))
        by_question = {t.pk for t in Ticket.objects.all() if matches(condition, catalogue, t, context)}
        assert by_filter == by_question
        return by_filter

    assert found("tasks-open:>0") == {ticket.pk}
    assert found("tasks-blocked:1") == {ticket.pk}
    assert found("tasks-open:0") == {bare.pk, done.pk}
    assert found("-tasks-open:0") == {ticket.pk}
    assert found("tasks-done:>=1 tasks-open:<1") == {done.pk}
    assert found("tasks-open:none") == set()
    assert found("tasks-open:any") == {ticket.pk, bare.pk, done.pk}


def test_the_order_is_changed_and_what_was_a_slip_is_taken_away(ticket: Ticket, ada: Any) -> None:
    first, second, third = (add_task(ticket, title, by=ada) for title in ("One", "Two", "Three"))
    set_needs(third, [second], by=ada)

    place_task(third, first, by=ada)
    assert [task.title for task in tasks_of(ticket)] == ["Three", "One", "Two"]
    take_away(ticket, [second], by=ada)

    third.refresh_from_db()
    assert ([task.title for task in tasks_of(ticket)], third.state) == (["Three", "One"], "open")
    assert Progress.objects.get(ticket=ticket).all == 2
    spend(first, 5, by=ada)
    first.refresh_from_db()
    with pytest.raises(Refused, match="has been worked on"):
        take_away(ticket, [first], by=ada)


def test_tasks_stay_in_sight_where_their_ticket_goes_on(ticket: Ticket, rosa: Any, ada: Any) -> None:
    add_task(ticket, "Order it", by=ada)
    into = open_ticket(rosa, "The same again", by=None)

    merge(ticket, into, by=ada)

    shown = panel(into, ada)
    assert shown is not None
    assert [task.title for task in shown["tasks"]] == ["Order it"]


def test_editing_changes_only_what_differs(ticket: Ticket, ada: Any) -> None:
    task = add_task(ticket, "Order it", by=ada)
    same: dict[str, Any] = {"text": "", "due_at": None, "blocks_closing": True, "is_shown_to_requester": False}

    edit_task(task, title="Order it", **same, by=ada)
    edit_task(task, title="Order two", **same, by=ada)

    event = Event.objects.get(kind="ticket.task_edited")
    assert (event.facts["fields"], Task.objects.get().title) == (["title"], "Order two")
    assert State.OPEN.value == Task.objects.get().state
