"""How the demo organisation sorts and hands out its work, and what arrives on its last morning to show it."""

from __future__ import annotations

import json
from datetime import timedelta

from firstline.channels.alerts.actions.receive import receive, take_message
from firstline.channels.alerts.actions.source import save_source
from firstline.channels.alerts.models import AlertSource, Sender
from firstline.core import clock
from firstline.core.actions import acting, via
from firstline.core.conditions import Context, parse, to_json
from firstline.flow.triage.actions.settings import map_category, map_skill, save_rule, set_mode
from firstline.flow.triage.models import Mode, Rule
from firstline.people.access.actions.grant import grant
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Membership
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.actions.members import add_member
from firstline.people.teams.actions.skills import save_skill
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Skill, Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.settings import save_category
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category, Value

# Name, when, what is set, whether it replaces what is there.
RULES: tuple[tuple[str, str, dict[str, object], bool], ...] = (
    ("A server is down", '"server down" or "server is down" or "all systems"', {"impact": 1, "urgency": 1}, True),
    ("Warehouse cannot ship", "department:Warehouse (scanner or label or pallets)", {"urgency": 1}, True),
    ("Phishing and break-ins", 'phishing or "gift cards" or ransomware',
     {"risk": "security", "tags": ["security"]}, False),
    ("Data is gone", '"vanished" or "deleted by mistake" or "lost all"', {"risk": "data_loss"}, False),
    ("VPN by its words", 'category:none kind:incident (vpn or "home office")', {"category": "VPN"}, False),
    ("Wi-Fi and cables", 'category:none ("wi-fi" or wifi or lan or "network socket")', {"category": "Wi-Fi"}, False),
    ("ERP by its words", "category:none (erp or invoice)", {"category": "ERP"}, False),
    ("Passwords", "category:none password", {"category": "Password", "urgency": 2}, False),
    ("Many people", "affected:>50", {"impact": 1}, True),
)  # fmt: skip
TEAMS = {"Network": "Network", "Software": "Applications", "Warehouse": "Applications"}
SKILLS = {"Network": "Network", "Hardware": "Hardware", "Software": "Software"}
WORTH = {"ERP": Value.HIGH, "Warehouse": Value.HIGH, "Monitor": Value.LOW}
# What is written on the last morning: minutes ago, who, subject, words.
MORNING = (
    (95, 3, "Home office", "The VPN is away since I changed rooms, the meeting begins at ten."),
    (80, 5, "Scanner 12", "The scanner shows a red light, the pallets for Basel are waiting."),
    (64, 8, "Question about my payslip programme", "Where did the button go?"),
    (52, 2, "File server down!", "Nobody in the house can open a file."),
    (40, 9, "Invoice cannot be printed", "The ERP says “layout missing”."),
    (22, 12, "Network socket behind the reception", "The LAN is dead there, the label printer needs it."),
)


def make_rules(categories: dict[str, Category]) -> None:
    """Rules, what services are worth, and which team gets what: before the first ticket."""
    if Rule.objects.exists():
        return
    lin = Person.objects.get(email="lin@firstline.example")
    for name, when, sets, replaces in RULES:
        meant = {key: categories[f"{value}"].pk if key == "category" else value for key, value in sets.items()}
        condition = to_json(parse(when, catalogue, Context(trusted=True)))
        save_rule(Rule(name=name, condition=condition, sets=meant, replaces=replaces, owner=lin), by=None)
    for category, value in WORTH.items():
        categories[category].value = value
        save_category(categories[category], by=None)
    for category, team in TEAMS.items():
        map_category(categories[category], Team.objects.get(name=team), by=None)
    map_category(None, Team.objects.get(name="Service desk"), by=None)
    for category, skill in SKILLS.items():
        found = Skill.objects.filter(name__iexact=skill).first() or save_skill(skill, by=None)
        map_skill(categories[category], found, by=None)


def hand_out(people: list[Person]) -> None:
    """From the last morning on the teams hand out their work by themselves, and monitoring reports."""
    _make_important(people[2])
    set_mode(Team.objects.get(name="Network"), Mode.ROUND_ROBIN, capacity=30, by=None)
    set_mode(Team.objects.get(name="Applications"), Mode.LEAST_LOADED, capacity=30, by=None)
    field = open_team("On-site support", purpose="Goes there with a screwdriver.", by=None)
    yara = Person.objects.create_user(
        "yara@firstline.example", name="Yara Haddad", email_verified_at=clock.now()
    )  # fmt: skip
    grant(yara, "agent", by=None)
    add_member(field, yara, by=None)
    set_mode(field, Mode.ROUND_ROBIN, by=None)
    today = clock.now().date()
    save_absence(yara, today - timedelta(days=1), today + timedelta(days=3), note="Training", by=None)
    now = clock.now()
    for minutes, who, subject, words in MORNING:
        with clock.set_to(now - timedelta(minutes=minutes)), via("mail"):
            ticket = open_ticket(people[who], subject, words=words, source="mail", by=people[who])
            reply(ticket, words, author=people[who], by=None)
    with clock.set_to(now - timedelta(minutes=12)), via("portal"):
        ticket = open_ticket(
            people[4], "Please hang up two screens in room Porto", team=field, source="portal", by=None
        )
        reply(ticket, "The brackets lie on the window sill.", author=people[4], by=None)
    _monitor()


def _make_important(person: Person) -> None:
    with acting():
        Membership.objects.filter(person=person).update(is_vip=True)


def _monitor() -> None:
    """A disk fills up and is well again; a line is down and stays so, reported again and again."""
    source, _token = save_source(
        AlertSource(name="Prometheus", kind=Sender.ALERTMANAGER, team=Team.objects.get(name="Network")), by=None
    )
    told = (
        (180, "firing", "DiskFull", "db2", "warning", "The disk of db2 is 91 % full"),
        (150, "resolved", "DiskFull", "db2", "warning", "The disk of db2 is 91 % full"),
        (45, "firing", "LineDown", "gw-lisbon", "critical", "The line to Lisbon is down"),
        (40, "firing", "LineDown", "gw-lisbon", "critical", "The line to Lisbon is down"),
        (35, "firing", "LineDown", "gw-lisbon", "critical", "The line to Lisbon is down"),
    )
    begun = clock.now()
    for minutes, state, name, host, severity, words in told:
        labels = {"alertname": name, "instance": host, "severity": severity}
        alert = {"status": state, "labels": labels, "annotations": {"summary": words}, "fingerprint": f"{name}-{host}"}
        body = {
            "version": "4",
            "status": state,
            "groupKey": f"{{}}:{{alertname={name}}}",
            "alerts": [alert],
            "groupLabels": {"alertname": name},
            "commonLabels": labels,
            "commonAnnotations": alert["annotations"],
        }
        with clock.set_to(begun - timedelta(minutes=minutes)), via("alert"):
            take_message(receive(source, json.dumps(body), by=None), by=None)
