"""The life of the demo organisation: made by calling actions with the clock turned back."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from firstline.config.demo.approvals import approve_some
from firstline.config.demo.automations import make_automations, use_them
from firstline.config.demo.escalations import escalate_some, make_paths
from firstline.config.demo.opinions import feel_the_pulse, learn_from_it, say_how_it_was
from firstline.config.demo.people import PASSWORD, Member
from firstline.config.demo.progress import Progress
from firstline.config.demo.promises import make_promises
from firstline.config.demo.sorting import hand_out, make_rules
from firstline.config.demo.stories import CATEGORIES, DEPARTMENTS, PEOPLE, STORIES, Story
from firstline.config.demo.tasks import give_tasks
from firstline.config.demo.workflows import run_some
from firstline.core import clock
from firstline.core.actions import Via, acting, via
from firstline.core.text import fold
from firstline.people.access.models import Grant
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department, Membership, Organisation
from firstline.people.teams.models import Team, TeamMember
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.confirm import confirm
from firstline.work.tickets.actions.edit import set_due, set_tags
from firstline.work.tickets.actions.link import link
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.settings import save_category
from firstline.work.tickets.actions.status import change_status, resolve
from firstline.work.tickets.models import Category, Status, Ticket

ORGANISATION = "Meridian Foods"
TEAMS = {
    "Network": "Lines, Wi-Fi, phones and VPN.",
    "Applications": "ERP, shop, labels: what the business runs on.",
}
AGENTS = (
    Member("tomasz@firstline.example", "Tomasz Zieliński", "agent", "Network"),
    Member("ines@firstline.example", "Inês Costa", "agent", "Applications"),
)
ROUNDS = 3  # how often each story has happened; the last time is still going on
SHORTEST_STEP, LONGEST_STEP = 4, 90  # minutes between two lines


def make_world(progress: Progress) -> None:
    """Fill an empty desk with a month of work. Does nothing where there are tickets already."""
    if Ticket.objects.exists():
        return
    chance = random.Random(2026)  # noqa: S311 -- the same world every time, no secret
    with transaction.atomic():
        people = _people()
        categories = _categories()
    make_promises(progress)
    with transaction.atomic():
        make_rules(categories)
        make_automations()
        make_paths(progress)
    now = clock.now()
    plan = sorted(
        (now - timedelta(days=back * 10 + chance.uniform(0.02, 9.5 if back else 1.8)), place, back)
        for back in range(ROUNDS)
        for place in range(len(STORIES))
        if back == 0 or chance.random() < 0.75
    )
    for done, (begun, place, back) in enumerate(plan):
        progress("A month of tickets", done, len(plan))
        requester = people[(place * 7 + back * 3) % len(people)] if place else Person.objects.get(name="Rosa Marín")
        with transaction.atomic():
            _tell(STORIES[place], requester, begun, now, categories, chance, is_old=back > 0)
    with transaction.atomic():
        _gather_the_problem()
    with transaction.atomic():
        hand_out(people)
    with transaction.atomic():
        escalate_some(people)
    with transaction.atomic():
        approve_some(people)
    with transaction.atomic():
        run_some(people)
    with transaction.atomic():
        give_tasks(people)
    with transaction.atomic():
        use_them()
    with transaction.atomic():
        learn_from_it()
        feel_the_pulse(chance)


def _people() -> list[Person]:
    with acting():
        organisation = Organisation.objects.get_or_create(
            name=ORGANISATION, defaults={"domains": ["meridian.example"]}
        )[0]
        departments = [
            Department.objects.get_or_create(name=name, organisation=organisation)[0] for name in DEPARTMENTS
        ]
        for name, purpose in TEAMS.items():
            Team.objects.get_or_create(name=name, defaults={"purpose": purpose})
        for agent in AGENTS:
            if not Person.objects.filter(email=agent.email).exists():
                person = Person.objects.create_user(
                    agent.email, PASSWORD, name=agent.name, email_verified_at=clock.now()
                )
                Grant(person=person, role=agent.role).save()
                TeamMember(team=Team.objects.get(name=agent.team), person=person).save()
        people = []
        for number, name in enumerate(PEOPLE):
            address = f"{fold(name).replace(' ', '.')}@meridian.example"
            known = Person.objects.filter(email=address).first()
            person = known or Person.objects.create_user(address, name=name, email_verified_at=clock.now())
            if known is None:
                Membership(
                    person=person, organisation=organisation, department=departments[number % len(departments)]
                ).save()
            people.append(person)
    return people


def _categories() -> dict[str, Category]:
    found = {}
    for root, twigs in CATEGORIES.items():
        parent = Category.objects.filter(name=root, parent=None).first() or save_category(Category(name=root), by=None)
        found[root] = parent
        for twig in twigs:
            known = Category.objects.filter(name=twig, parent=parent).first()
            found[twig] = known or save_category(Category(name=twig, parent=parent), by=None)
    return found


def _tell(
    story: Story,
    requester: Person,
    begun: datetime,
    now: datetime,
    categories: dict[str, Category],
    chance: random.Random,
    *,
    is_old: bool,
) -> None:
    """One story from its first line on, as far as it has come by now; old ones have come to their end."""
    agent = _agent(story)
    source: Via = story.source  # type: ignore[assignment]
    moment = begun
    with via(source), clock.set_to(moment):
        opener = agent if story.source in {"phone", "web"} else requester
        ticket = open_ticket(
            requester,
            story.subject,
            kind=story.kind,
            category=categories[story.category],
            impact=story.impact,
            urgency=story.urgency,
            source=story.source,
            by=opener,
        )
        route(ticket, Team.objects.get(name=story.team), by=None)
        if story.tags:
            set_tags(ticket, list(story.tags), by=agent)
    lines = [*story.lines, *(("@resolve", "@yes") if is_old else ())]
    for line in lines:
        with via("web"), clock.set_to(moment):
            _say(line, ticket, requester, agent)
        moment += timedelta(minutes=chance.uniform(SHORTEST_STEP, LONGEST_STEP))
        if moment > now:
            break
    if ticket.state == "closed" and (later := moment + timedelta(hours=chance.uniform(0.2, 30))) < now:
        with via("portal"), clock.set_to(later):
            say_how_it_was(ticket, requester, chance, is_old=later < now - timedelta(days=12))
    if ticket.is_unsolved and chance.random() < 0.4:
        with via("web"), clock.set_to(min(moment, now)):
            set_due(ticket, now + timedelta(hours=chance.uniform(-6, 48)), by=agent)


def _say(line: str, ticket: Ticket, requester: Person, agent: Person) -> None:
    who, _space, words = line.partition(" ")
    match who:
        case "r":
            reply(ticket, words, author=requester, by=None)
        case "a":
            reply(ticket, words, by=agent)
        case "n":
            note(ticket, words, by=agent)
        case "@take":
            assign(ticket, agent, by=agent)
        case "@resolve" if ticket.is_unsolved:
            resolve(ticket, by=agent)
        case "@yes" if ticket.state == "resolved":
            confirm(ticket, True, by=requester)
        case "@wait" | "@waitother":
            key = "waiting-requester" if who == "@wait" else "waiting-other"
            change_status(ticket, Status.objects.get(kind=ticket.kind, key=key), by=agent)


def _agent(story: Story) -> Person:
    names = {"Network": "tomasz", "Applications": "ines", "Systems": "bea", "Service desk": "ada"}
    return Person.objects.get(email=f"{names[story.team]}@firstline.example")


def _gather_the_problem() -> None:
    """The VPN incidents have one cause."""
    lin = Person.objects.get(email="lin@firstline.example")
    problem: Any = Ticket.objects.filter(kind="problem").order_by("-id").first()
    for incident in Ticket.objects.filter(kind="incident", subject__startswith="VPN"):
        if problem is not None:
            link(problem, incident, "causes", by=lin)
