"""Somebody of every role, and something of everything, each with a secret in it that can be recognised anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.test import Client

from firstline.channels.alerts.actions.receive import receive
from firstline.channels.alerts.actions.source import save_source
from firstline.channels.alerts.models import AlertSource
from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.calendars.actions.calendar import save_calendar, save_day
from firstline.core.calendars.models import Calendar
from firstline.core.files import store
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.actions.settings import save_rule as save_approval_rule
from firstline.flow.approvals.actions.settings import save_stage
from firstline.flow.approvals.engine.plans import Asked, Plan, Who
from firstline.flow.approvals.models import Rule as ApprovalRule
from firstline.flow.automations.actions.automation import publish, save_automation
from firstline.flow.automations.actions.canned import save_canned
from firstline.flow.automations.actions.macro import save_macro
from firstline.flow.automations.models import Automation, CannedReply, Macro, Suggestion
from firstline.flow.escalation.models import Escalation, HandOver, Level, MajorIncident, Path, Relay, Vendor
from firstline.flow.sla.actions.agreement import save_agreement
from firstline.flow.sla.models import Agreement
from firstline.flow.surveys.actions.improve import save_improvement
from firstline.flow.surveys.models import Improvement, Question, Survey
from firstline.flow.triage.actions.settings import save_rule
from firstline.flow.triage.models import Rule
from firstline.flow.workflows.actions.draft import save_draft as save_workflow
from firstline.flow.workflows.actions.publish import publish as publish_workflow
from firstline.flow.workflows.actions.start import start as start_run
from firstline.people.access.actions.grant import grant
from firstline.people.access.models import Grant
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.models import Person
from firstline.people.organisations.actions.department import save_department
from firstline.people.organisations.actions.organisation import save_organisation
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.actions.members import add_member
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.category import save_category
from firstline.work.catalog.actions.offering import make_offering
from firstline.work.catalog.models import Category as ServiceCategory
from firstline.work.catalog.models import Offering
from firstline.work.conversations.actions.say import NewFile, note, reply
from firstline.work.intake.actions.fill import attach
from firstline.work.intake.actions.publish import publish as publish_form
from firstline.work.intake.actions.shape import make_form
from firstline.work.intake.engine.questions import load
from firstline.work.intake.models import Draft, Submission
from firstline.work.tasks.actions.add import add_task
from firstline.work.tasks.actions.checklists import save_checklist, save_item
from firstline.work.tasks.actions.keys import keep_key
from firstline.work.tasks.actions.say import attach as attach_to_task
from firstline.work.tasks.models import Checklist, ChecklistItem
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Category, CustomField, Status, Ticket
from tests.cast import person

SECRET = re.compile(r"canary-[a-z]+-[a-z]+")
TICKETS = ("own", "team", "other team", "nobody's", "private")


def secret(what: str, where: str) -> str:
    """A word found nowhere else: `canary-note-otherteam`."""
    return f"canary-{what}-{re.sub('[^a-z]', '', where)}"


@dataclass
class World:
    things: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person | None] = field(default_factory=dict)
    nowhere: dict[tuple[str, str], int] = field(default_factory=dict)  # what is answered where there is nothing

    def caller_of(self, role: str) -> Client:
        """A program that calls the API with this person's token; made while the person was still active."""
        from firstline.doors.api.actions.tokens import create_token

        somebody = self.people[role]
        if somebody is None:
            return Client(raise_request_exception=False)
        _token, key = create_token(somebody, "matrix", scope="write", by=somebody)
        return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})

    def client_of(self, role: str) -> Client:
        client, somebody = Client(raise_request_exception=False), self.people[role]
        if somebody is not None:
            client.force_login(Person.objects.get(pk=somebody.pk))
            session = client.session
            session["signed_in_at"] = clock.now().timestamp()
            session.save()
        if role == "deactivated" and somebody is not None:
            deactivate(somebody, by=None)
        return client


def build(role: str) -> World:
    """The world as seen by one role: `own` is the ticket that person has asked for."""
    world = World()
    stranger = person(f"Zebra {secret('name', 'stranger')}", email="stranger@example.org")
    stranger.phone = secret("phone", "stranger")
    stranger.save()
    helper = person("Helper", "agent", email="helper@example.org")
    chief = person("Chief", "admin", email="chief@example.org")
    hana = person("Hana", "agent", email="hana@example.org")
    team, other = open_team("Team", by=None), open_team("Other", by=None)
    private = open_team("Hidden", is_private=True, lead=hana, by=None)
    for group in (team, other, private):
        add_member(group, helper, by=None)
    world.people = {
        "anonymous": None,
        "deactivated": person("Gone", "admin"),
        "requester": person("Rosa"),
        "approver": person("Paul", "approver"),
        "agent of one team": _agent_of(team),
        "agent": person("Ada", "agent"),
        "lead": person("Lin", "lead"),
        "author": person("Ines", "author"),
        "auditor": person("Otto", "auditor"),
        "privacy officer": person("Pia", "privacy_officer"),
        "admin": person("Bea", "admin"),
        "member of the private team": hana,
    }
    me = world.people[role] or stranger
    teams = {"own": other, "team": team, "other team": other, "nobody's": None, "private": private}
    for name in TICKETS:
        world.things[f"ticket {name}"] = _ticket(world, name, me if name == "own" else stranger, teams[name])
    organisation = save_organisation(None, name="Tide", notes=secret("notes", "organisation"), by=None)
    with acting():
        category = Category.objects.create(name="Hardware")
        custom_field = CustomField.objects.create(key="room", label="Room", type="text")
    world.things |= {
        "person me": me,
        "person stranger": stranger,
        "person chief": chief,
        "stranger": stranger,
        "helper": helper,
        "team open": team,
        "team private": private,
        "organisation tide": organisation,
        "organisation": organisation,
        "department": save_department(None, name="Finance", organisation=organisation, by=None),
        "absence": save_absence(stranger, date(2031, 3, 1), date(2031, 3, 5), by=None),
        "grant": Grant.objects.get(person=chief),
        "status": Status.objects.filter(kind="incident", type="waiting").first(),
        "category": category,
        "improvement": save_improvement(Improvement(title="Answer faster"), by=None),
        "survey": Survey.objects.get(occasion="escalation"),
        "survey question": Question.objects.filter(survey__occasion="escalation").first(),
        "custom_field": custom_field,
        **_alerts(),
        **_services(me, stranger),
        "triage rule": save_rule(Rule(name="Nothing", condition={"words": "nothing"}, sets={"urgency": 1}), by=None),
    }
    _mails(world)
    _escalations(world, helper, team, other)
    _promises(world)
    _approvals(world, helper)
    _runs(world, helper)
    _tasks(world, helper)
    _automations(world)
    return world


def _automations(world: World) -> None:
    """One automation that fits nothing, a macro, a canned reply for all teams; and what could be done by itself."""
    made = Automation(name="Nothing")
    document = {
        "whens": ["noted"], "condition": {"words": "nothing"}, "deeds": [{"do": "add_tags", "value": ["nothing"]}],
    }  # fmt: skip
    save_automation(made, document, by=None)
    publish(made, by=None)
    save_automation(made, {**document, "minutes": 5}, by=None)
    world.things |= {
        "automation": made,
        "macro": save_macro(Macro(name="Tag it", deeds=[{"do": "add_tags", "value": ["done"]}]), by=None),
        "canned reply": save_canned(CannedReply(name="Hello", texts={"en": {"text": "Hello {person}"}}), by=None),
        "suggestion": _suggestion(),
    }


def _suggestion() -> Suggestion:
    deed = {"do": "add_tags", "value": ["nothing"]}
    made = Suggestion(key="nothing", facts={"kind": "problem"}, deed=deed, days=30, times=10, alike=10)
    with acting():
        made.save()
    return made


def _services(me: Person, stranger: Person) -> dict[str, Any]:
    """A form and offerings of somebody else's; and what was begun and sent by oneself and by a stranger."""
    asked = load({"questions": [
        {"key": "what", "type": "short", "label": {"en": "What?"}},
        {"key": "proof", "type": "file", "label": {"en": "Proof"}},
    ]})  # fmt: skip
    form = make_form("Badges", questions=asked, by=None)
    version = publish_form(form, by=None)
    shelf = save_category(ServiceCategory(names={"en": "Things"}), by=None)
    said: dict[str, Any] = {"form": form, "category": shelf}
    everybody = make_offering({"en": "For everybody"}, **said, by=None)
    agents = make_offering(
        {"en": "For agents"}, **said, audience={"field": "role", "operator": "is", "values": ["agent"]}, by=None
    )
    with acting():
        Offering.objects.update(state="published")
    found: dict[str, Any] = {
        "form theirs": form,
        "offering theirs": everybody,
        "service category": shelf,
        "service everybody": SimpleNamespace(pk=everybody.key),
        "service agents": SimpleNamespace(pk=agents.key),
    }
    for name, somebody in (("me", me), ("stranger", stranger)):
        whose = secret("answer", name) if name == "stranger" else "mine"
        is_twin = name == "stranger" and me == somebody  # who is nobody sees the world as the stranger
        with acting():
            draft = Draft.objects.create(
                person=somebody, requester=somebody, version=version, answers={"what": whose},
                purpose="" if is_twin else everybody.purpose,
            )  # fmt: skip
        stored = store([f"proof of {name}".encode()])
        found[f"draft {name}"] = draft
        found[f"answer file {name}"] = attach(
            draft,
            version.questions[1],
            name=f"{whose}.txt",
            type="text/plain",
            size=stored.size,
            sha256=stored.sha256,
            by=None,
        )
        with acting():
            found[f"submission {name}"] = Submission.objects.create(
                version=version, person=somebody, requester=somebody, answers={"what": whose}, once=f"matrix {name}"
            )
    return found


def _escalations(world: World, helper: Person, team: Team, other: Team) -> None:
    """Somebody was asked about every ticket, and every ticket is a major incident."""
    with acting():
        for name in TICKETS:
            ticket = world.things[f"ticket {name}"]
            world.things[f"escalation {name}"] = Escalation.objects.create(
                ticket=ticket, who="person", person=helper, way="join", reason="Beyond me."
            )
            MajorIncident.objects.create(ticket=ticket, coordinator=helper)
        path = world.things["path"] = Path.objects.create(name="Path", is_active=False)
        world.things["level"] = Level.objects.create(path=path, name="Lead", who="lead")
        world.things["vendor"] = Vendor.objects.create(name="Cable Works")
        world.things["relay"] = Relay.objects.create(from_team=team, to_team=other)
        world.things["hand over"] = HandOver.objects.create(from_team=team, to_team=other, accept_by=clock.now())


def _approvals(world: World, helper: Person) -> None:
    """Somebody is asked to approve every ticket."""
    asked = Plan(who=(Asked(Who.PERSON, helper.pk),))
    for name in TICKETS:
        ticket = world.things[f"ticket {name}"]
        world.things[f"approval {name}"] = ask(ticket, [asked], title=f"Zebra {secret('subject', name)}", by=None)
    rule = world.things["approval rule"] = save_approval_rule(ApprovalRule(name="Nothing", is_active=False), by=None)
    world.things["approval rule stage"] = save_stage(rule, None, asked, by=None)


def _runs(world: World, helper: Person) -> None:
    """A run on every ticket, in which somebody is asked."""
    text = (
        "workflow: matrix\nname: Matrix\nfields: [{key: subject}]\nsteps:\n  - {kind: start, id: begin, next: look}\n"
        "  - {kind: task, id: look, title: '{subject}', who: ['person:helper@example.org'], next: end}\n"
        "  - {kind: end, id: end}\n"
    )
    draft, _problems = save_workflow(None, text, by=None)
    version = publish_workflow(draft.workflow, by=None)
    for name in TICKETS:
        run = world.things[f"run {name}"] = start_run(world.things[f"ticket {name}"], version, by=None)
        world.things[f"workflow task {name}"] = run.steps.get(step="look")


def _tasks(world: World, helper: Person) -> None:
    """Somebody has something to do on every ticket; a checklist."""
    for name in TICKETS:
        task = world.things[f"task {name}"] = add_task(
            world.things[f"ticket {name}"], f"Zebra {secret('subject', name)}", text=secret("note", name),
            people=[helper], blocks_closing=False, by=None,
        )  # fmt: skip
        keep_key(world.things[f"task {name}"], "Key", secret("key", name), by=None)
        stored = store([f"file of task {name}".encode()])
        world.things[f"task file {name}"] = attach_to_task(
            task, name=f"{secret('notefile', name)}.txt", type="text/plain", size=stored.size, sha256=stored.sha256,
            by=None,
        )  # fmt: skip
    checklist = world.things["checklist"] = save_checklist(Checklist(name="Matrix"), by=None)
    world.things["checklist item"] = save_item(checklist, ChecklistItem(title="Look"), by=None)


def _agent_of(team: Team) -> Person:
    somebody = person("Tomas")
    grant(somebody, "agent", team=team, by=None)
    add_member(team, somebody, by=None)
    return somebody


def _ticket(world: World, name: str, requester: Person, team: Team | None) -> Ticket:
    ticket = open_ticket(requester, f"Zebra crossing {secret('subject', name)}", team=team, by=None)
    for visibility, say in (("public", reply), ("note", note)):
        stored = store([f"file of {name} {visibility}".encode()])
        file = NewFile(
            name=f"{secret(visibility + 'file', name)}.txt", type="text/plain", size=stored.size, sha256=stored.sha256
        )
        author = requester if visibility == "public" else world.people.get("lead")
        message = say(ticket, secret(visibility, name), files=[file], author=author, by=None)
        world.things[f"attachment {name}/{visibility}"] = message.attachments.get()
    return ticket


def _promises(world: World) -> None:
    calendar = save_calendar(Calendar(name="Office", zone="UTC", week={"mon": [["09:00", "17:00"]]}), by=None)
    agreement = save_agreement(
        Agreement(name="Standard", calendar=calendar, position=500, is_active=False), [], by=None
    )
    world.things |= {
        "calendar": calendar,
        "calendar day": save_day(calendar, date(2031, 5, 1), name="Outing", by=None),
        "agreement": agreement,
    }


def _alerts() -> dict[str, Any]:
    source, _token = save_source(AlertSource(name="Monitoring"), by=None)
    return {"alert source": source, "alert message": receive(source, "not JSON", by=None)}


def _mails(world: World) -> None:
    from firstline.channels.email.models import OutgoingMail, RawMail

    with acting():
        for name in TICKETS:
            world.things[f"mail {name}"] = OutgoingMail.objects.create(
                purpose="reply", ticket=world.things[f"ticket {name}"], to="stranger@example.org",
                message_id=f"<{name}@example.org>", subject=secret("mail", name), text=secret("mail", name),
            )  # fmt: skip
            raw = store([f"Subject: {secret('raw', name)}\r\n\r\n".encode()])
            world.things[f"raw mail {name}"] = RawMail.objects.create(
                sha256=raw.sha256, size=raw.size, way="smtp", state="taken", subject=secret("mail", name),
                ticket=world.things[f"ticket {name}"], delivery_key=name,
            )  # fmt: skip
        # A sign-in code on its way: whoever reads it can be that person.
        world.things["mail account"] = OutgoingMail.objects.create(
            purpose="account", to="chief@example.org", message_id="<code@example.org>",
            subject=secret("code", "account"), text=secret("code", "account"),
        )  # fmt: skip
        stored = store([b"From: x@example.org\r\nSubject: held\r\n\r\nHeld.\r\n"])
        world.things["held mail"] = RawMail.objects.create(
            sha256=stored.sha256, size=stored.size, way="smtp", state="held", subject="held", sender="x@example.org"
        )
