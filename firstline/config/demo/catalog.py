"""The catalog of the demo organisation, what was asked for by it, and one on-boarding that has just come in."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from firstline.config.demo.changes import change_some
from firstline.config.demo.progress import Progress
from firstline.config.demo.workflows import begin_with_the_first, install_onboarding
from firstline.core import clock
from firstline.core.actions import acting, via
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.models import Approval
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Membership
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.offering import save_offering
from firstline.work.catalog.actions.ready import install
from firstline.work.catalog.engine.ready import READY
from firstline.work.catalog.models import Offering
from firstline.work.intake.actions.fill import begin, keep
from firstline.work.intake.queries.forms import published
from firstline.work.tickets.actions.file import file_offering
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.models import Category, Ticket

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("password", {"account": "computer", "phone": "+49 30 1234"}),
    ("software", {"wish": "new", "program": "Figma", "why": "The new brochures are made with it."}),
    ("printer", {"wish": "toner", "printer": "P-204"}),
    ("hardware", {"device": "monitor", "replaces": "yes", "deliver": "Room 3.12", "why": "The old one flickers."}),
    ("vpn", {"device": "work", "why": "Two days a week from home."}),
    ("software", {"wish": "again", "program": "Krita", "trouble": "It closes when I save."}),
    ("password", {"account": "other", "program": "Payroll", "phone": "+49 30 9876"}),
)
# What a service's tickets are about is said once, here; the rules that go by words then leave them alone.
ABOUT = {
    "password": "Password", "network-access": "Access rights", "vpn": "VPN", "software": "Office", "hardware": "Laptop",
    "phone": "Phone", "printer": "Printer", "onboarding": "New starter", "offboarding": "Access rights",
}  # fmt: skip
HIRING = {
    "department": "Finance", "manager": "Rosa Marín", "devices": ["laptop", "headset"],
    "access": ["mail", "vpn", "finance"],
}  # fmt: skip


def make_catalog(progress: Progress) -> None:
    """Install what is ready made, let a few be asked for, and leave one form half filled in."""
    if Offering.objects.exists():
        return
    progress("The catalog", 0, 1)
    bea, ada = (Person.objects.get(email=f"{name}@firstline.example") for name in ("bea", "ada"))
    desk = Team.objects.filter(name="Service desk").first()
    offerings = {each.key: each for each in install([each["key"] for each in READY], team=desk, owner=bea, by=bea)}
    for key, name in ABOUT.items():
        offerings[key].ticket_category = Category.objects.get(name=name).pk
        save_offering(offerings[key], by=bea)
    people = list(Person.objects.filter(email__endswith="@meridian.example").order_by("id")[:8])
    rosa = Person.objects.get(email="rosa@firstline.example")
    with acting():
        Membership.objects.filter(person__in=people, manager=None).update(manager=rosa)
    chance, now = random.Random(11), clock.now()  # noqa: S311 -- the same world every time
    for number in range(28):
        key, answers = ASKED[number % len(ASKED)]
        with via("portal"), clock.set_to(now - timedelta(days=28 - number, hours=chance.uniform(0, 6))):
            tickets = file_offering(
                offerings[key], answers, once=f"demo:{number}", requester=people[number % len(people)], by=None
            )
        if number < 24:
            with clock.set_to(tickets[0].created_at + timedelta(hours=chance.uniform(0.3, 30))):
                for approval in Approval.objects.filter(ticket=tickets[0], is_open=True):
                    decide(approval, True, comment="Go ahead.", by=rosa)
                resolve(Ticket.objects.get(pk=tickets[0].pk), by=ada)
    install_onboarding()
    _hire(offerings["onboarding"], rosa)
    begin_with_the_first()
    change_some()
    _begin(offerings["hardware"], rosa)


def _hire(offering: Offering, rosa: Person) -> None:
    """Two new colleagues: a parent, and a request below it for each."""
    begins = (clock.now() + timedelta(days=12)).date().isoformat()
    people = [
        {"name": "Ngô Lan", "title": "Accountant", "begins": begins, "private_email": "lan@example.org"},
        {"name": "Piotr Zieliński", "title": "Controller", "begins": begins},
    ]
    with via("portal"):
        file_offering(offering, HIRING | {"people": people}, once="demo:hiring", requester=rosa, by=rosa)


def _begin(offering: Offering, rosa: Person) -> None:
    version = published(offering.form_id) if offering.form_id else None
    if version is not None:
        keep(begin(version, offering.purpose, by=rosa), {"device": "laptop"}, last_question="device", page=1, by=rosa)
