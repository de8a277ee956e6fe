"""How the demo organisation asks for help beyond the first line, and what goes on there on its last morning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from firstline.config.demo.progress import Progress
from firstline.core import clock
from firstline.flow.escalation.actions.answer import accept, end, note_vendor
from firstline.flow.escalation.actions.escalate import escalate
from firstline.flow.escalation.actions.hand_over import hand_over, save_relay
from firstline.flow.escalation.actions.major import declare_major, name_stakeholder
from firstline.flow.escalation.actions.news import tell_news
from firstline.flow.escalation.actions.obstacle import chase, flag_obstacle
from firstline.flow.escalation.actions.settings import save_level, save_path, save_protocol, save_vendor
from firstline.flow.escalation.models import Escalation, Path, Vendor
from firstline.flow.sla.actions.agreement import condition_from
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import resolve

# Minutes until the first news, minutes between news, who is told.
NEWS = {1: (15, 60, ("requester", "affected", "stakeholders")), 2: (60, 240, ("requester",))}
# Subject, minutes ago, what the first level lacked: what escalates again and again.
RECURRING = (
    ("Cannot get into the wage reports", 9 * 1440, "the right to unlock wage reports"),
    ("Wage reports: access denied", 6 * 1440, "the right to unlock wage reports"),
    ("No access to the wage reports since Monday", 2 * 1440, "a guide"),
)


def make_paths(progress: Progress) -> None:
    """Paths, suppliers, promised news and the way of the sun: before the first ticket. Does nothing twice."""
    if Path.objects.exists():
        return
    progress("Escalation paths")
    network, systems = Team.objects.get(name="Network"), Team.objects.get(name="Systems")
    line = save_vendor(
        None, "Nordlink Carrier", contact="Service desk, contract 4711", phone="+49 40 555 0100",
        email="noc@nordlink.example", answer_minutes=120, by=None,
    )  # fmt: skip
    lin = Person.objects.get(email="lin@firstline.example")
    clock_half: list[dict[str, Any]] = [
        {"when": "clock", "share": 50, "target": "resolution"},
        {"when": "obstacle"},
        {"when": "asked"},
    ]
    path = save_path(
        None, "Network", purpose="Second level, architect, carrier, IT manager.",
        condition=condition_from("team:Network priority:critical,high"), by=None,
    )  # fmt: skip
    save_level(
        path, None, "Engineer on call", who="on_call", team=network, when=clock_half,
        asks_for=["What was tried", "Since when"], by=None,
    )  # fmt: skip
    save_level(path, None, "Systems", who="team", team=systems, when=[{"when": "unaccepted", "minutes": 60}], by=None)
    save_level(path, None, "Carrier", who="vendor", vendor=line, by=None)
    save_level(
        path, None, "IT manager", who="person", person=lin,
        when=[{"when": "clock", "share": 90, "target": "resolution"}], by=None,
    )  # fmt: skip
    rest = save_path(None, "Everything else", purpose="Nothing is left lying.", by=None)
    save_level(
        rest, None, "Lead of the team", who="lead",
        when=[{"when": "silence", "minutes": 3 * 1440}, {"when": "reopened", "times": 2}, {"when": "asked"}], by=None,
    )  # fmt: skip
    for priority, (first, every, tell) in NEWS.items():
        save_protocol(priority, first_minutes=first, every_minutes=every, tell=list(tell), by=None)
    asia, europe, americas = (
        Team.objects.get(name=name) for name in ("Service desk Asia", "Service desk", "Service desk Americas")
    )
    for giving, taking in ((asia, europe), (europe, americas), (americas, asia)):
        save_relay(giving, taking, by=None)


def escalate_some(people: list[Person]) -> None:
    """A site that is down, a supplier who is asked, what recurs, a pack that waits: on the last morning."""
    if Escalation.objects.exists():
        return
    ada, lin, tomasz, maya = (
        Person.objects.get(email=f"{name}@firstline.example") for name in ("ada", "lin", "tomasz", "maya")
    )
    network = Team.objects.get(name="Network")
    now = clock.now()
    for place, (subject, minutes, lacked) in enumerate(RECURRING):
        with clock.set_to(now - timedelta(minutes=minutes)):
            ticket = open_ticket(people[place], subject, team=Team.objects.get(name="Service desk"), by=None)
            reply(ticket, "It says that I may not, though I could last month.", author=people[place], by=None)
            assign(ticket, ada, by=ada)
            made = escalate(ticket, "I do not have the right to look into it", person=lin, by=ada)
        with clock.set_to(now - timedelta(minutes=minutes - 50)):
            accept(made, by=lin)
            end(made, outcome="solved", first_level_could=True, missing=lacked, by=lin)
            resolve(ticket, by=ada)
    with clock.set_to(now - timedelta(minutes=100)):
        site = open_ticket(
            people[6], "Plant Hồ Chí Minh City is offline", team=network, impact=1, urgency=1, source="phone", by=None
        )
        reply(site, "No telephone, no ERP, no mail. Everybody stands still.", author=people[6], by=None)
        assign(site, tomasz, by=tomasz)
    with clock.set_to(now - timedelta(minutes=95)):
        major = declare_major(
            site, coordinator=lin, notice="Hồ Chí Minh City has no network. We are on it; the next news comes here.",
            by=lin,
        )  # fmt: skip
        name_stakeholder(major, people[1], by=lin)
    with clock.set_to(now - timedelta(minutes=88)):
        tell_news(
            site, "The line of the plant is cut", done="Router and power checked on site: both are fine.",
            coming="The carrier measures the line", expected_at=now + timedelta(minutes=90), by=tomasz,
        )  # fmt: skip
        asked = escalate(site, "The fault lies in their line", vendor=Vendor.objects.get(), by=tomasz)
        note_vendor(asked, reference="NL-2026-88134", by=tomasz)
    with clock.set_to(now - timedelta(minutes=30)):
        tell_news(
            site, "The carrier has found the cut", done="An excavator, two streets away.",
            coming="Fibre is spliced; we test from here", expected_at=now + timedelta(minutes=60), by=tomasz,
        )  # fmt: skip
    with clock.set_to(now - timedelta(minutes=70)):
        stuck = open_ticket(people[9], "Cabinet in hall 5 overheats", team=network, impact=2, urgency=2, by=None)
        reply(stuck, "The door is hot. Somebody should look before it is too late.", author=people[9], by=None)
        assign(stuck, tomasz, by=tomasz)
        flag_obstacle(stuck, "Facility management has the only key", by=tomasz)
        chase(stuck, "It smells of burnt plastic now", by=people[9])
    with clock.set_to(now - timedelta(minutes=20)):
        americas = Team.objects.get(name="Service desk Americas")
        work = [
            open_ticket(people[place], subject, team=americas, impact=2, urgency=1, by=None)
            for place, subject in ((10, "Scanner station Newark is slow"), (11, "Boston cannot print customs papers"))
        ]
        hand_over(
            americas, Team.objects.get(name="Service desk Asia"), work,
            note="Newark calls back at nine their time; Boston has a workaround until tonight.", by=maya,
        )  # fmt: skip
