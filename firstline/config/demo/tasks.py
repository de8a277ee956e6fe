"""What is to be done on tickets of the demo organisation: two checklists, and tasks at every stage of their life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from firstline.core import clock
from firstline.core.actions import together
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tasks.actions.add import add_task, put_checklist
from firstline.work.tasks.actions.checklists import save_checklist, save_item
from firstline.work.tasks.actions.progress import begin, block, finish
from firstline.work.tasks.actions.say import remark_on, spend
from firstline.work.tasks.models import Checklist, ChecklistItem, Task
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

Line = tuple[str, int, str, bool, tuple[int, ...]]
# title, working days, team, whether the requester sees it, after which others (by their place)
LEAVING: tuple[Line, ...] = (
    ("Lock the account on the last evening", 1, "Systems", True, ()),
    ("Forward the mail to the successor", 1, "Systems", False, (0,)),
    ("Take back laptop, badge and phone", 2, "Service desk", True, ()),
    ("Give the licences back", 5, "Applications", False, (0,)),
    ("Wipe the laptop and put it on the shelf", 5, "Service desk", False, (2,)),
    ("Tell the people office that all is done", 6, "Service desk", True, (1, 3, 4)),
)
FIREWALL: tuple[Line, ...] = (
    ("Write down the rule and who needs it", 0, "Network", False, ()),
    ("Let a second pair of eyes read it", 1, "Network", False, (0,)),
    ("Change it in the window", 2, "Network", True, (1,)),
    ("Test it from outside", 2, "Network", True, (2,)),
)


def give_tasks(people: list[Person]) -> None:
    """Somebody leaves, and the switches are renewed. Never twice."""
    if Task.objects.filter(caller="").exists():
        return
    bea, ada, lin, tomasz = (
        Person.objects.get(email=f"{name}@firstline.example") for name in ("bea", "ada", "lin", "tomasz")
    )
    leaving = _checklist("Somebody leaves", "So that no key stays outside.", LEAVING, None, bea)
    _checklist("Change of the firewall", "Read by two, tested by one.", FIREWALL, "Network", bea)
    now = clock.now()
    with clock.set_to(now - timedelta(hours=30)):
        ticket = _asked(people[4], "Marek leaves us at the end of the week", "Friday is his last day.")
        put_checklist(ticket, leaving, by=lin)
    with clock.set_to(now - timedelta(hours=20)):
        finish(_task(ticket, LEAVING[0][0]), "At six, as agreed.", by=bea)
        laptop = _task(ticket, LEAVING[2][0])
        begin(laptop, by=ada)
        remark_on(laptop, "He brings it on Friday; the phone is at the repair shop.", by=ada)
        spend(laptop, 15, by=ada)
    with clock.set_to(now - timedelta(hours=3)):
        block(
            _task(ticket, LEAVING[3][0]), "The label designer is bound to his account until the maker answers.", by=ada
        )
    with clock.set_to(now - timedelta(hours=26)):
        hall = _asked(people[6], "The Wi-Fi of hall 3 has to reach the new cold store", "The scanners lose it there.")
        seen = add_task(hall, "Measure the signal between the shelves", people=[tomasz], by=lin)
        bought = add_task(
            hall, "Order two access points for the cold", people=[lin], due_at=now + timedelta(hours=20), needs=[seen],
            is_shown_to_requester=True, by=lin,
        )  # fmt: skip
        add_task(
            hall, "Mount them, with the lift and a second person", people=[tomasz, ada],
            due_at=now + timedelta(days=5), needs=[bought], is_shown_to_requester=True, by=lin,
        )  # fmt: skip
        add_task(hall, "Ask the safety officer for the lift", people=[ada], due_at=now - timedelta(hours=2), by=lin)
    with clock.set_to(now - timedelta(hours=22)):
        finish(seen, "Nothing behind the third row.", by=tomasz)
        spend(seen, 50, by=tomasz)


def _checklist(name: str, purpose: str, lines: Iterable[Line], team: str | None, by: Person) -> Checklist:
    owner = Team.objects.get(name=team) if team else None
    made = save_checklist(Checklist(name=name, purpose=purpose, team=owner), by=by)
    items: list[ChecklistItem] = []
    for title, days, who, is_shown, after in lines:
        item = ChecklistItem(
            title=title, due_days=days, team=Team.objects.get(name=who), is_shown_to_requester=is_shown
        )  # fmt: skip
        items.append(save_item(made, item, [items[place] for place in after], by=by))
    return made


def _asked(requester: Person, subject: str, words: str) -> Ticket:
    with together():
        ticket = open_ticket(requester, subject, kind="request", source="portal", by=requester)
        reply(ticket, words, author=requester, by=None)
    return ticket


def _task(ticket: Ticket, title: str) -> Task:
    return Task.objects.select_related("ticket").get(ticket=ticket, title=title)
