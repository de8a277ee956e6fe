"""The pages of tasks, as those use them who have them, who give them, and who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.people.teams.models import Team
from firstline.work.tasks.actions.add import add_task
from firstline.work.tasks.actions.checklists import save_checklist, save_item
from firstline.work.tasks.actions.progress import block, finish
from firstline.work.tasks.models import Checklist, ChecklistItem, Task
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(rosa: Any, network: Team) -> Ticket:
    return open_ticket(rosa, "Somebody new on Monday", kind="request", team=network, by=None)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    # Every other second some page looks whether settings have changed; which, is chance.
    return sum('"preference"' not in query["sql"] for query in captured.captured_queries)


def test_a_task_is_added_beside_the_ticket_done_with_one_click_and_taken_back(ticket: Ticket, ada: Any) -> None:
    client = signed_in(ada)

    added = client.post(f"/tickets/{ticket.pk}/tasks", {"title": "Order it", "next": "ticket"})
    assert added["Location"] == ticket.get_absolute_url()
    task = Task.objects.get()
    assert "0 of 1 done" in text(client.get(f"/tickets/{ticket.pk}/panels"))
    done = client.post(f"/tasks/{task.pk}/progress", {"to": "done", "next": "tasks"}, follow=True)
    assert f"/tasks/{task.pk}/progress?to=reopen" in text(done)
    assert "1 of 1 done" in text(client.get(f"/tickets/{ticket.pk}/panels"))
    client.post(f"/tasks/{task.pk}/progress?to=reopen&next=tasks")
    assert Task.objects.get().state == "open"
    client.post(f"/tickets/{ticket.pk}/tasks/removal?task={task.pk}")

    assert not Task.objects.exists()


def test_several_tasks_are_done_given_and_dated_at_once(ticket: Ticket, ada: Any, lin: Any) -> None:
    client = signed_in(ada)
    tasks = [add_task(ticket, f"Step {number}", people=[ada], by=lin) for number in range(3)]
    chosen = [str(task.pk) for task in tasks]
    foreign = "999999"

    client.post("/tasks/changes", {"selected": [*chosen, foreign], "do": "due", "due_at": "2031-05-02T10:00"})
    assert {task.due_at.year for task in Task.objects.all() if task.due_at} == {2031}
    client.post("/tasks/changes", {"selected": chosen[:2], "do": "give", "people": "Lin, ada@example.org"})
    assert sorted(tasks[0].assignees.values_list("person", flat=True)) == sorted([ada.pk, lin.pk])
    nobody = client.post("/tasks/changes", {"selected": chosen, "do": "give", "people": "Zorro"}, follow=True)
    assert "Nobody, or more than one, is called Zorro." in text(nobody)
    done = client.post("/tasks/changes", {"selected": chosen[1:], "do": "done"}, follow=True)
    assert "2 tasks changed." in text(done)
    assert [task.state for task in Task.objects.all()] == ["open", "done", "done"]
    client.post(f"/tasks/changes?do=reopen&selected={','.join(chosen[1:])}")

    assert {task.state for task in Task.objects.all()} == {"open"}


def test_what_is_refused_is_told_with_a_link_and_the_rest_is_done(ticket: Ticket, ada: Any) -> None:
    client = signed_in(ada)
    first = add_task(ticket, "Buy <it>", people=[ada], by=ada)
    second = add_task(ticket, "Set it up", people=[ada], needs=[first], by=ada)
    other = add_task(ticket, "Tell her", people=[ada], blocks_closing=False, by=ada)

    said = text(client.post("/tasks/changes", {"selected": [second.pk, other.pk], "do": "done"}, follow=True))

    assert f'<a href="/tasks/{first.pk}">Buy &lt;it&gt;</a>' in said
    assert "1 task changed." in said
    page = ticket.get_absolute_url()
    solved = client.post(
        f"/tickets/{ticket.pk}/status/{_status(ticket)}", headers={"Referer": f"http://testserver{page}"}, follow=True
    )
    assert f'<a href="/tasks/{first.pk}">Buy &lt;it&gt;</a>' in text(solved)


def _status(ticket: Ticket) -> int:
    from firstline.work.tickets.queries import first_status

    return first_status(ticket.kind, "resolved").pk


def test_the_whole_form_says_whose_when_and_after_what(ticket: Ticket, ada: Any, lin: Any) -> None:
    client = signed_in(ada)
    first = add_task(ticket, "Buy it", by=ada)

    wrong = client.post(f"/tickets/{ticket.pk}/tasks/new", {"title": "", "people": "Zorro"})
    assert (wrong.status_code, "Zorro" in text(wrong)) == (422, True)
    client.post(
        f"/tickets/{ticket.pk}/tasks/new",
        {"title": "Set it up", "text": "On her desk.", "people": "Lin", "needs": [first.pk],
         "due_at": "2031-05-02T10:00", "blocks_closing": "on", "is_shown_to_requester": "on"},
    )  # fmt: skip

    task = Task.objects.get(title="Set it up")
    assert (task.state, task.is_shown_to_requester, task.text) == ("waiting", True, "On her desk.")
    assert [each.person for each in task.assignees.all()] == [lin]
    said = {"title": "Set it up", "people": "", "team": ticket.team_id, "text": "There.", "blocks_closing": "on"}
    client.post(f"/tasks/{task.pk}/edit", said)
    task.refresh_from_db()
    assert (task.state, task.has_people, task.text, task.due_at) == ("open", False, "There.", None)


@pytest.mark.accepts("S1.48", "S1.49")
def test_a_checklist_goes_on_a_ticket_with_one_click_to_its_people_dates_and_order(
    ticket: Ticket, ada: Any, bea: Any, lin: Any, network: Team
) -> None:
    admin, agent = signed_in(bea), signed_in(ada)
    admin.post("/settings/checklists/new", {"name": "Somebody new", "is_active": "on"})
    checklist = Checklist.objects.get()
    items = f"/settings/checklists/{checklist.pk}/items"
    admin.post(f"{items}/new", {"title": "Order a laptop", "due_days": "2", "who": "Lin", "blocks_closing": "on"})
    laptop = ChecklistItem.objects.get()
    admin.post(f"{items}/new", {"title": "Set it up", "needs": [laptop.pk], "is_shown_to_requester": "on"})
    assert "after 2 working days" in text(admin.get(f"/settings/checklists/{checklist.pk}"))
    second = ChecklistItem.objects.get(title="Set it up")
    circle = admin.post(f"{items}/{laptop.pk}", {"title": "Order a laptop", "needs": [second.pk]})
    assert "for ever" in text(circle)
    admin.post(f"{items}/{second.pk}/place", {"to": "up"})

    agent.post(f"/tickets/{ticket.pk}/checklist", {"checklist": checklist.pk, "next": "ticket"})

    order, setup = Task.objects.get(title="Order a laptop"), Task.objects.get(title="Set it up")
    assert [each.person for each in order.assignees.all()] == [lin]
    assert order.due_at is not None
    assert order.due_at > clock.now() + timedelta(days=1)
    assert (setup.state, setup.team, list(setup.needs.all())) == ("waiting", network, [order])
    assert setup.is_shown_to_requester
    assert not setup.blocks_closing


def test_checklists_of_a_team_are_written_by_its_lead_and_offered_on_its_tickets(
    ticket: Ticket, rosa: Any, network: Team, lin: Any, ada: Any, bea: Any
) -> None:
    from tests.cast import person

    theirs, ours = (save_checklist(Checklist(name=name, team=team), by=bea) for name, team in (
        ("All", None), ("Lines", network)
    ))  # fmt: skip
    for each in (theirs, ours):
        save_item(each, ChecklistItem(title="Look"), by=bea)
    lead = signed_in(person("Nadia", "lead", team=network))

    assert "Lines" in text(lead.get("/settings/checklists"))
    assert lead.get(f"/settings/checklists/{theirs.pk}").status_code == 404
    assert lead.post("/settings/checklists/new", {"name": "For all"}).status_code == 422
    assert signed_in(ada).get("/settings/checklists").status_code == 403
    elsewhere = open_ticket(rosa, "Another team's", by=None)
    agent = signed_in(ada)
    assert "Lines" in text(agent.get(f"/tickets/{ticket.pk}/panels"))
    assert "Lines" not in text(agent.get(f"/tickets/{elsewhere.pk}/panels"))
    refused = agent.post(f"/tickets/{elsewhere.pk}/checklist", {"checklist": ours.pk})
    assert refused.status_code == 409


def test_the_requester_sees_how_far_it_is_but_only_of_what_is_shown(ticket: Ticket, ada: Any, rosa: Any) -> None:
    client = signed_in(rosa)
    hidden = add_task(ticket, "Ask whether she is worth it", by=ada)
    assert "Steps that are done" not in text(client.get(f"/requests/{ticket.pk}"))

    finish(add_task(ticket, "Order it", is_shown_to_requester=True, by=ada), by=ada)
    add_task(ticket, "Set it up", is_shown_to_requester=True, by=ada)

    page = text(client.get(f"/requests/{ticket.pk}"))
    assert "Steps that are done" in page
    assert "1/2" in page
    for words in ("worth it", "Order it", "Set it up"):
        assert words not in page
    assert client.get(f"/tasks/{hidden.pk}").status_code == 404


def test_lists_ask_as_much_for_many_tasks_as_for_few(ticket: Ticket, ada: Any, lin: Any) -> None:
    client = signed_in(ada)
    addresses = ("/tasks", f"/tickets/{ticket.pk}/tasks", f"/tickets/{ticket.pk}/panels")
    first = add_task(ticket, "First", people=[ada, lin], by=lin)
    block(add_task(ticket, "Second", people=[ada], by=lin), "No.", by=ada)
    before = [queries(client, address) for address in addresses]

    for number in range(60):
        add_task(ticket, f"Step {number}", people=[ada, lin], needs=[first] if number % 7 == 0 else [], by=lin)

    assert [queries(client, address) for address in addresses] == before
    assert before[0] <= 9
    assert queries(client, f"/tasks/{first.pk}") <= 15


def test_my_tasks_are_paged_with_the_next_due_first(ticket: Ticket, ada: Any, lin: Any) -> None:
    now = clock.now()
    for number in range(60):
        due = now + timedelta(hours=60 - number) if number % 2 else None
        add_task(ticket, f"Step {number:02}", people=[ada], due_at=due, by=lin)
    client = signed_in(ada)

    first = client.get("/tasks")
    import re

    older = re.search(r'href="(/tasks\?show=waiting&amp;after=[^"]+)"', text(first))
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&"))

    def titles(page: Any) -> list[str]:
        return list(dict.fromkeys(re.findall(r">(Step \d\d)</a>", text(page))))

    seen = titles(first) + titles(second)
    assert seen == [f"Step {n:02}" for n in range(59, 0, -2)] + [f"Step {n:02}" for n in range(0, 60, 2)]


@pytest.mark.accepts("S3.31", "S3.33", "S3.34")
def test_the_card_tells_priority_and_date_first_then_whose_it_is_and_what_for(
    ticket: Ticket, ada: Any, lin: Any
) -> None:
    from firstline.work.tickets.actions.edit import prioritise

    prioritise(ticket, 2, by=lin)
    due = clock.now() + timedelta(days=1)
    task = add_task(
        ticket, "Prepare the desk", text="Two screens, so that she can begin at nine.", people=[ada, lin], due_at=due,
        by=lin,
    )  # fmt: skip

    shown = text(signed_in(ada).get(f"/tasks/{task.pk}")).partition("<main")[2]

    order = [shown.index(words) for words in ("Priority", "High", "Due", "Status", "For whom", "Description and goal")]
    assert order == sorted(order)
    assert "Two screens, so that she can begin at nine." in shown
    whose = shown[shown.index("For whom") : shown.index("Description and goal")]
    assert "Ada" in whose
    assert "Lin" in whose
    row = text(signed_in(lin).get("/tasks")).partition("<tbody")[2]
    order = [row.index(words) for words in ("Prepare the desk", "High", "<time", "Open")]
    assert order == sorted(order)


@pytest.mark.accepts("S3.38")
def test_my_tasks_are_narrowed_by_a_tag_of_their_tickets(ticket: Ticket, rosa: Any, ada: Any, network: Team) -> None:
    from firstline.work.tickets.actions.edit import set_tags

    other = open_ticket(rosa, "Look over the servers", team=network, by=None)
    set_tags(ticket, ["troubleshooting"], by=None)
    set_tags(other, ["security audit"], by=None)
    add_task(ticket, "Swap the cable", people=[ada], by=None)
    add_task(other, "Read the log", people=[ada], by=None)
    client = signed_in(ada)

    assert 'href="/tasks?tag=security+audit"' in text(client.get("/tasks"))
    narrowed = text(client.get("/tasks?tag=security+audit")).partition("<main")[2]

    assert "Read the log" in narrowed
    assert "Swap the cable" not in narrowed
    assert "No task of a ticket with the tag" in text(client.get("/tasks?tag=nothing"))


def test_nobody_is_listed_where_people_are_named_they_are_suggested_as_one_types(
    ticket: Ticket, ada: Any, omar: Any
) -> None:
    shown = text(signed_in(ada).get(f"/tickets/{ticket.pk}/tasks/new"))

    assert 'data-source="/suggest/people"' in shown
    assert "data-many" in shown
    assert "Omar" not in shown
