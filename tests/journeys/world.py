"""What stands in the desk that the journeys walk through: `python -m tests.journeys.world` fills FIRSTLINE_DATA.

Prints the numbers and addresses the journeys need, as JSON.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import timedelta
from typing import Any

from firstline.config.commands import set_up

SUBJECTS = (
    "The printer on floor 2 prints empty pages", "VPN drops every ten minutes", "New laptop for Monday",
    "Cannot open the shared calendar", "Payroll export stops at row 512", "Phishing mail asks for my password",
    "Monitor flickers after the update", "Badge does not open door B", "Licence for the drawing program",
    "Wi-Fi in the canteen is slow", "Mailbox is full although I delete", "Backup of the file server failed",
)  # fmt: skip
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8Dwn4EAAAAABQABpfN3mQAAAABJRU5ErkJggg=="
)


def fill(rows: int = 30) -> dict[str, Any]:
    """Some thirty tickets, among them one of everything."""
    from django.core.management import call_command

    from firstline.config.demo.people import make_people

    call_command("migrate", interactive=False, verbosity=0)
    make_people(lambda *_: None)
    _tickets(rows)
    long = _long_one()
    return (
        long
        | _ends()
        | _set_up()
        | _escalations()
        | _promises()
        | _ways()
        | _automations()
        | _approvals()
        | _monitoring()
        | _rota()
        | _workflows()
        | _tasks(long["long"])
        | _opinions(long["long"])
        | _mails(long["long"])
        | _services()
        | _sessions()
    )


def _people() -> dict[str, Any]:
    from firstline.people.accounts.models import Person

    return {str(person.email).partition("@")[0]: person for person in Person.objects.all()}


def _tickets(rows: int) -> dict[str, Any]:
    from firstline.core import clock
    from firstline.people.teams.models import Team
    from firstline.work.tickets.actions.assign import assign
    from firstline.work.tickets.actions.edit import set_due, set_tags
    from firstline.work.tickets.actions.open import open_ticket

    cast, teams = _people(), list(Team.objects.filter(is_private=False).order_by("id"))
    now = clock.now()
    for number in range(rows):
        with clock.set_to(now - timedelta(hours=rows - number, minutes=7 * number % 60)):
            ticket = open_ticket(
                cast["rosa"] if number % 3 else cast["omar"],
                SUBJECTS[number % len(SUBJECTS)],
                team=teams[number % 2] if number % 4 else None,
                impact=1 + number % 3,
                urgency=1 + number // 3 % 3,
                source="mail" if number % 2 else "portal",
                by=cast["lin"],
            )
            if number % 5 == 0:
                assign(ticket, cast["ada" if number % 2 else "lin"], by=cast["lin"])
            if number % 4 == 0:
                set_due(ticket, now + timedelta(hours=number - 20, minutes=11), by=cast["lin"])
            if number % 7 == 0:
                set_tags(ticket, ["vpn", "network"], by=cast["lin"])
    return {}


def _long_one() -> dict[str, Any]:
    """A conversation with notes, quotes, files, a picture in the text, an own field, participants and a link."""
    from firstline.core.files import store
    from firstline.work.conversations.actions.say import Body, NewFile, note, reply
    from firstline.work.tickets.actions.assign import take
    from firstline.work.tickets.actions.edit import set_people_affected, set_tags
    from firstline.work.tickets.actions.link import link
    from firstline.work.tickets.actions.open import open_ticket
    from firstline.work.tickets.actions.participants import add_participant
    from firstline.work.tickets.actions.settings import save_category, save_custom_field
    from firstline.work.tickets.models import Category, CustomField, Ticket

    cast = _people()
    hardware = save_category(Category(name="Hardware"), by=cast["bea"])
    save_category(Category(name="Printers", parent=hardware), by=cast["bea"])
    save_custom_field(
        CustomField(label="Building", type="choice", options=["North", "South"], is_shown_to_requester=True),
        by=cast["bea"],
    )
    ticket = open_ticket(
        cast["rosa"], "The projector in the large meeting room shows everything green since the update", impact=2,
        urgency=1, category=hardware, by=cast["rosa"],
    )  # fmt: skip
    stored = store([DOT])
    picture = NewFile("green.png", "image/png", stored.size, stored.sha256, content_id="p1", is_inline=True)
    text = store([b"log\n" * 900])
    log = NewFile("projector-log-of-this-morning.txt", "text/plain", text.size, text.sha256)
    shot = NewFile("screen.png", "image/png", stored.size, stored.sha256)
    html = '<p>It began this morning. It looks like this:</p><p><img src="cid:p1" alt="The green picture"></p>'
    said = Body("It began this morning.", html, "On Monday Ada wrote:\n> Please restart it")
    reply(ticket, said, files=[picture, log], by=cast["rosa"])
    take(ticket, by=cast["ada"])
    for turn in range(6):
        reply(
            ticket,
            f"Please try input {turn + 1}, and tell us whether the colours change.\n\n- HDMI\n- VGA",
            by=cast["ada"],
        )
        note(
            ticket,
            f"Bulb of room {turn + 1} was changed in May; see `asset 4711`. @lin do you know more?",
            by=cast["ada"],
        )
        reply(ticket, "Still green, on both. " + "The light comes and goes. " * 8, by=cast["rosa"],
              files=[shot] if turn == 5 else [])  # fmt: skip
    set_tags(ticket, ["projector", "meeting room"], by=cast["ada"])
    set_people_affected(ticket, 12, by=cast["ada"])
    add_participant(ticket, cast["omar"], "cc", by=cast["ada"])
    link(ticket, Ticket.objects.exclude(pk=ticket.pk).order_by("id")[0], "relates", by=cast["ada"])
    return {"long": ticket.pk}


def _ends() -> dict[str, Any]:
    """Tickets at their end: merged, resolved, closed."""
    from firstline.work.conversations.actions.say import reply
    from firstline.work.tickets.actions.merge import merge
    from firstline.work.tickets.actions.open import open_ticket
    from firstline.work.tickets.actions.status import close, resolve

    cast = _people()
    rosa, ada = cast["rosa"], cast["ada"]
    made = {
        name: open_ticket(rosa, f"A request that is {name}", by=rosa)
        for name in (
            "merged", "resolved", "closed", "kept", "bare", "triaged", "answered", "doubled", "mixed", "solved",
            "one of many", "two of many", "three of many",
        )
    }  # fmt: skip
    for name, ticket in made.items():
        if name == "bare" or "many" in name:
            continue
        reply(ticket, "It does not work.", by=rosa)
        if ticket is not made["merged"]:
            reply(ticket, "Now it should.", by=ada)
    merge(made["merged"], made["kept"], by=ada)
    resolve(made["resolved"], by=ada)
    resolve(made["closed"], by=ada)
    resolve(made["solved"], by=ada)
    close(made["closed"], by=ada)
    return {name: ticket.pk for name, ticket in made.items()}


def _set_up() -> dict[str, Any]:
    """One of everything an admin sets up."""
    from firstline.channels.email.actions.mailbox import save_mailbox
    from firstline.channels.email.models import Mailbox
    from firstline.core import clock
    from firstline.people.notifications.actions.targets import save_target
    from firstline.people.organisations.actions.belong import belong
    from firstline.people.organisations.actions.department import save_department
    from firstline.people.organisations.actions.organisation import save_organisation
    from firstline.people.teams.actions.absence import save_absence
    from firstline.people.teams.models import Team
    from firstline.work.tickets.models import Category, CustomField

    cast = _people()
    organisation = save_organisation(None, name="Tide & Sons", domains=["tide.example"], by=cast["bea"])
    department = save_department(None, name="Finance", organisation=organisation, by=cast["bea"])
    belong(cast["rosa"], organisation=organisation, department=department, by=cast["bea"])
    today = clock.now().date()
    save_absence(cast["ada"], today + timedelta(days=9), today + timedelta(days=12), by=cast["bea"])
    mailbox = save_mailbox(
        Mailbox(name="Help", address="help@tide.example", host="mail.tide.example", user="help", is_active=False),
        password="secret",
        by=cast["bea"],
    )
    team = Team.objects.filter(is_private=False).order_by("id")[0]
    chat = save_target(
        "Rooms", address="slack://TokenA12345/TokenB12345/TokenC12345000000000000/#rooms", team=team, by=cast["bea"]
    )
    return {name: person.pk for name, person in cast.items()} | {
        "target": chat.pk,
        "organisation": organisation.pk,
        "department": department.pk,
        "team": team.pk,
        "category": Category.objects.order_by("id")[0].pk,
        "field": CustomField.objects.get().pk,
        "mailbox": mailbox.pk,
    }


def _escalations() -> dict[str, Any]:
    """A major incident somebody was asked about, a way upwards, a supplier, and work given to the next team."""
    from firstline.core import clock
    from firstline.core.actions import acting
    from firstline.flow.escalation.models import Escalation, HandOver, Level, MajorIncident, Path, Relay, Vendor
    from firstline.people.teams.models import Team
    from firstline.work.tickets.actions.open import open_ticket

    cast, (team, other) = _people(), Team.objects.filter(is_private=False).order_by("id")[:2]
    ticket = open_ticket(cast["rosa"], "Nobody can send mail", impact=1, urgency=1, by=cast["lin"])
    with acting():
        path = Path.objects.create(name="Nights", is_active=False)
        made = {
            "escalation": Escalation.objects.create(
                ticket=ticket, who="person", person=cast["lin"], way="join", reason="Beyond me."
            ),
            "path": path,
            "level": Level.objects.create(path=path, name="Lead", who="lead"),
            "vendor": Vendor.objects.create(name="Cable Works"),
            "relay": Relay.objects.create(from_team=team, to_team=other),
            "hand_over": HandOver.objects.create(from_team=team, to_team=other, accept_by=clock.now()),
        }
        MajorIncident.objects.create(ticket=ticket, coordinator=cast["lin"])
    return {"major": ticket.pk} | {name: thing.pk for name, thing in made.items()}


def _approvals() -> dict[str, Any]:
    """Approvals that wait, that wait for nobody, that ask the requester, refused and granted beforehand; a meeting."""
    from datetime import date
    from decimal import Decimal

    from firstline.core import clock
    from firstline.flow.approvals.actions.arrange import let_decide
    from firstline.flow.approvals.actions.ask import ask
    from firstline.flow.approvals.actions.decide import ask_for_more, decide
    from firstline.flow.approvals.actions.meet import plan_meeting
    from firstline.flow.approvals.actions.settings import save_rule, save_stage, set_owner, sign_off
    from firstline.flow.approvals.engine.plans import Asked, Expiry, Plan, Quorum, Who
    from firstline.flow.approvals.models import Approval, Meeting, Rule, Seat
    from firstline.flow.approvals.rules import token_for
    from firstline.people.teams.actions.members import add_member
    from firstline.people.teams.actions.team import open_team
    from firstline.work.tickets.actions.open import open_ticket
    from firstline.work.tickets.models import Category

    cast = _people()
    board = open_team("Change board", by=cast["bea"])
    add_member(board, cast["lin"], is_lead=True, by=cast["bea"])
    lin, omar = Asked(Who.PERSON, cast["lin"].pk), Asked(Who.PERSON, cast["omar"].pk)
    rule = save_rule(
        Rule(name="Hardware that costs", purpose="Whoever pays has to know.", condition='subject:"new screen"'),
        by=cast["bea"],
    )
    first = save_stage(rule, None, Plan(who=(lin, omar), name="Team", hours=16, remind_hours=8), by=cast["bea"])
    dear = Plan(
        who=(Asked(Who.MANAGER),), name="Money", cost_over=500, quorum=Quorum.ALL, hours=24,
        on_expiry=Expiry.ESCALATE, escalate_to=(omar,), fallback=(lin,),
    )  # fmt: skip
    save_stage(rule, None, dear, is_beside=True, by=cast["bea"])
    before = save_rule(Rule(name="A mouse", condition='subject:"new mouse"'), by=cast["bea"])
    sign_off(before, date(2099, 1, 1), up_to=50, by=cast["bea"])
    set_owner(Category.objects.get(name="Hardware"), cast["lin"], by=cast["bea"])

    def asked(subject: str, *plans: Plan) -> Approval:
        ticket = open_ticket(cast["rosa"], subject, kind="request", by=cast["rosa"])
        return ask(ticket, plans, words="So that she can work from home.", cost=Decimal(640), by=cast["ada"])

    waiting = asked("A new laptop", Plan(who=(lin, omar), quorum=Quorum.ALL, hours=40), Plan(who=(omar,), step=2))
    stuck = asked("Access to the archive", Plan(who=(Asked(Who.MANAGER),)))
    more = asked("A second screen", Plan(who=(lin,)))
    ask_for_more(more, "How large is the desk?", by=cast["lin"])
    refused = asked("A gold-plated cable", Plan(who=(lin,)))
    decide(refused, False, comment="Copper will do.", by=cast["lin"])
    asked("Change of the firewall", Plan(who=(Asked(Who.LEADS, board.pk),), is_meeting=True))
    open_ticket(cast["rosa"], "A new mouse", kind="request", custom={"cost": 20}, by=cast["rosa"])
    keyed = asked("A keyboard with large letters", Plan(who=(lin,)))
    meeting = Meeting(name="Change board", team=board, at=clock.now() + timedelta(days=2), place="Room 4")
    plan_meeting(cast["lin"], meeting, by=cast["lin"])
    today = clock.now().date()
    let_decide(cast["lin"], cast["ada"], today + timedelta(days=9), today + timedelta(days=14), by=cast["lin"])
    return {
        "approval": waiting.pk, "approval_stuck": stuck.pk, "approval_more": more.pk, "approval_refused": refused.pk,
        "approval_before": Approval.objects.get(how="before").pk, "meeting": meeting.pk, "approval_rule": rule.pk,
        "approval_rule_stage": first.pk, "keyed_approval": keyed.pk,
        "decision": token_for(Seat.objects.get(stage__approval=waiting, person=cast["omar"])),
    }  # fmt: skip


def _workflows() -> dict[str, Any]:
    """A workflow in use with a draft; runs that wait for people, stand still, and are over."""
    from firstline.flow.workflows.actions.answer import answer
    from firstline.flow.workflows.actions.draft import save_draft
    from firstline.flow.workflows.actions.publish import publish
    from firstline.flow.workflows.actions.start import start
    from firstline.flow.workflows.actions.systems import keep_once, note_check, save_system
    from firstline.flow.workflows.models import Run, Step, System
    from firstline.work.tickets.actions.open import open_ticket

    cast = _people()
    text = """\
workflow: badge
name: A badge for a visitor
goal: Whoever visits us comes in without waiting.
fields:
  - {key: subject}
  - {key: visitor, label: Visitor, required: true}
  - {key: day, label: First day, type: date}
  - {key: badge, label: Number of the badge}
steps:
  - {kind: start, id: asked, next: both}
  - {kind: parallel, id: both, next: [{to: print}, {to: tell}]}
  - kind: task
    id: print
    name: Print the badge
    title: "Print the badge of {visitor}"
    text: The printer stands behind the reception.
    checklist: [Take the photo, Test it at the gate]
    who: ["person:ada@firstline.example"]
    fields: [day, badge]
    answers: [done, not_needed]
    due: 2 days
    next: ready
  - {kind: task, id: tell, name: Tell the reception, who: ["person:lin@firstline.example"], next: ready}
  - {kind: join, id: ready, next: hand_over}
  - {kind: action, id: hand_over, action: ticket.assign, with: {to: "{visitor}"}, next: done}
  - {kind: end, id: done}
"""
    draft, _problems = save_draft(None, text, by=cast["bea"])
    version = publish(draft.workflow, by=cast["bea"])
    save_draft(draft.workflow, text.replace("next: done}", "next: nowhere}"), by=cast["bea"])

    def begun(subject: str, visitor: str) -> Run:
        ticket = open_ticket(cast["rosa"], subject, kind="request", by=cast["rosa"])
        return start(ticket, version, {"visitor": visitor}, by=cast["ada"])

    run = begun("A badge for Mr Okafor", "Mr Okafor")
    over, stuck = begun("A badge for Ada", "ada@firstline.example"), begun("A badge for Ms Sato", "Ms Sato")
    for each in (over, stuck):
        for step in Step.objects.filter(run=each, waits_for_people=True):
            answer(step, "done", {}, "At the reception now.", by=cast["bea"])
    keyed = begun("A badge for Ms Quist", "Ms Quist")
    _two_versions(cast)
    changes = _changes(cast)
    system = save_system(
        System(key="staff", kind="ldap", address="ldaps://ldap.example.org", user="cn=firstline", base="ou=people"),
        secret="a password of the directory", by=cast["bea"],
    )  # fmt: skip
    note_check(system, "The directory did not accept the user or the password.", by=None)
    return changes | {
        "system": system.pk, "once": keep_once(cast["rosa"], "read once", by=None).key,
        "run": run.pk, "run_over": over.pk, "run_stuck": stuck.pk,
        "keyed_step": Step.objects.get(run=keyed, step="print").pk,
        "task": Step.objects.get(run=run, step="print").pk, "task_done": Step.objects.get(run=over, step="print").pk,
    }  # fmt: skip


def _changes(cast: dict[str, Any]) -> dict[str, Any]:
    """Two changes at one time, assessed: one whose plan is followed, one that waits for an approval."""
    from firstline.core import clock
    from firstline.flow.approvals.models import Approval
    from firstline.flow.workflows.actions.draft import save_draft
    from firstline.flow.workflows.actions.file import file
    from firstline.flow.workflows.actions.plan import tick
    from firstline.flow.workflows.actions.publish import publish
    from firstline.flow.workflows.models import Run, Step

    text = """\
workflow: swap
name: Swap a device
goal: Nobody notices.
fields:
  - {key: title, label: What is changed, required: true}
  - {key: affected, label: Affected, type: items}
  - {key: window, label: Window, type: moment, required: true}
  - {key: plan, label: Plan, type: plan, help: "One step per line: what | who | minutes"}
  - {key: sure, label: "Is it agreed?", type: yes_no}
steps:
  - kind: start
    id: filed
    trigger: {by: form, kind: change, open_to: everybody, subject: title, fields: [title, affected, window, plan, sure]}
    next: assess
  - {kind: action, id: assess, action: change.assess, with: {begins: "{window}", items: "{affected}"}, next: agreed}
  - {kind: decision, id: agreed, next: [{to: do, when: "sure:yes"}, {to: ask, otherwise: true}]}
  - kind: approval
    id: ask
    title: "Swap {title}"
    stages: [{who: ["person:lin@firstline.example"], need: any}]
    next: [{to: do, outcome: approved}, {to: done, outcome: refused}]
  - kind: task
    id: do
    title: "Carry out {title}"
    who: ["person:ada@firstline.example"]
    ticks_off: {plan: plan}
    next: done
  - {kind: end, id: done}
"""
    draft, _problems = save_draft(None, text, by=cast["bea"])
    version = publish(draft.workflow, by=cast["bea"])
    moment = clock.now().isoformat()
    said = {"window": moment, "affected": ["The switch in the cellar"]}
    plan = ["Take a copy of what is set | Ada | 10", "Swap it | Ada | 30", "Look whether the phones ring | Lin | 5"]
    followed = file(version, {**said, "title": "The switch", "plan": plan, "sure": True}, by=cast["rosa"])
    waits = file(version, {**said, "title": "Its cables"}, by=cast["rosa"])
    step = Step.objects.select_related("run__ticket").get(run=followed, step="do")
    tick(step, 1, "ended", by=cast["ada"])
    tick(step, 2, "began", by=cast["ada"])
    run = Run.objects.get(pk=waits.pk)
    return {
        "plan_task": step.pk, "change_run": followed.pk,
        "change_approval": Approval.objects.get(ticket=run.ticket_id).pk,
    }  # fmt: skip


def _two_versions(cast: dict[str, Any]) -> None:
    """A workflow whose newer version one run can move to and another cannot; and a draft of the next."""
    from firstline.flow.workflows.actions.answer import answer
    from firstline.flow.workflows.actions.draft import save_draft
    from firstline.flow.workflows.actions.publish import publish
    from firstline.flow.workflows.actions.start import start
    from firstline.flow.workflows.models import Step
    from firstline.work.tickets.actions.open import open_ticket

    text = """\
workflow: parcel
name: A parcel is passed on
steps:
  - {kind: start, id: came, next: look}
  - {kind: task, id: look, name: Look for whom, who: ["person:ada@firstline.example"], due: 1 day, next: weigh}
  - {kind: task, id: weigh, name: Weigh it, who: ["person:ada@firstline.example"], due: 1 day, next: done}
  - {kind: end, id: done}
"""
    draft, _problems = save_draft(None, text, by=cast["bea"])
    version = publish(draft.workflow, by=cast["bea"])
    for number in (1, 2):
        ticket = open_ticket(cast["rosa"], f"Parcel {number}", kind="request", by=cast["rosa"])
        run = start(ticket, version, by=cast["ada"])
        if number == 2:
            answer(Step.objects.get(run=run, step="look"), by=cast["bea"])
    newer = text.replace("next: weigh", "next: done").replace(text.splitlines()[5] + "\n", "")
    save_draft(draft.workflow, newer, by=cast["bea"])
    publish(draft.workflow, by=cast["bea"])
    save_draft(draft.workflow, newer.replace("due: 1 day", "due: 2 days"), by=cast["bea"])


def _tasks(ticket: int) -> dict[str, Any]:
    """Tasks of every state on the long ticket, one with remarks, a file and time; a checklist."""
    from firstline.core import clock
    from firstline.core.files import store
    from firstline.work.tasks.actions.add import add_task
    from firstline.work.tasks.actions.checklists import save_checklist, save_item
    from firstline.work.tasks.actions.keys import keep_key
    from firstline.work.tasks.actions.progress import block, finish
    from firstline.work.tasks.actions.say import attach, remark_on, spend
    from firstline.work.tasks.models import Checklist, ChecklistItem
    from firstline.work.tickets.actions.open import open_ticket
    from firstline.work.tickets.models import Ticket

    cast, now = _people(), clock.now()
    ada, lin = cast["ada"], cast["lin"]
    found = Ticket.objects.get(pk=ticket)
    done = add_task(found, "Look whether another cable helps", people=[lin], is_shown_to_requester=True, by=ada)
    spend(done, 20, by=lin)
    finish(done, "It does not.", by=lin)
    long = add_task(
        found, "Bring the spare projector from the store room on the fourth floor", text="The one with two lamps.",
        people=[ada, cast["omar"]], due_at=now + timedelta(hours=5), needs=[done], is_shown_to_requester=True, by=lin,
    )  # fmt: skip
    remark_on(long, "The key is at the reception.\nAsk for Tia.", by=cast["omar"])
    stored = store([b"store room 4"])
    attach(long, name="plan-of-the-fourth-floor.txt", type="text/plain", size=stored.size, sha256=stored.sha256, by=ada)
    keep_key(long, "Software of the projector", "AAAA-BBBB-CCCC", by=ada)
    spend(long, 45, by=ada)
    stuck = add_task(found, "Ask the maker", due_at=now - timedelta(days=1), by=ada)
    block(stuck, "Their line is closed until Monday.", by=ada)
    add_task(found, "Write down what it was", people=[ada], needs=[long, stuck], by=ada)
    own = open_ticket(cast["rosa"], "A lamp for the cellar", kind="request", by=cast["rosa"])
    keyed = add_task(own, "Find the lamp with the hook", people=[ada], by=lin)
    add_task(own, "Hang the lamp up", people=[ada], by=lin)
    checklist = save_checklist(Checklist(name="Somebody leaves", purpose="Nothing is forgotten."), by=cast["bea"])
    first = save_item(checklist, ChecklistItem(title="Lock the account", due_days=0, person=ada), by=cast["bea"])
    item = save_item(checklist, ChecklistItem(title="Take the laptop back", due_days=2), [first], by=cast["bea"])
    return {
        "keyed_task": keyed.pk, "long_task": long.pk, "done_task": done.pk, "checklist": checklist.pk,
        "checklist_item": item.pk,
    }  # fmt: skip


def _promises() -> dict[str, Any]:
    """Office hours, an agreement, and a ticket it holds for."""
    from datetime import date

    from firstline.core.calendars.actions.calendar import save_calendar, save_day
    from firstline.core.calendars.models import Calendar
    from firstline.flow.sla.actions.agreement import save_agreement
    from firstline.flow.sla.actions.start import LAST, usual
    from firstline.flow.sla.models import Agreement
    from firstline.work.tickets.actions.open import open_ticket

    cast = _people()
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = save_calendar(Calendar(name="Office", zone="UTC", week=week), by=cast["bea"])
    save_day(calendar, date(2031, 5, 1), name="Outing", by=cast["bea"])
    agreement = save_agreement(
        Agreement(name="Standard", calendar=calendar, position=LAST, warn_at=[50, 75]), usual(), by=cast["bea"]
    )
    ticket = open_ticket(cast["rosa"], "A request that is promised", impact=2, urgency=2, by=cast["rosa"])
    return {"calendar": calendar.pk, "agreement": agreement.pk, "promised": ticket.pk}


def _ways() -> dict[str, Any]:
    """A rule for what is down, whose team hands out its work, and how often news of it is promised."""
    from firstline.core.conditions import Context, parse, to_json
    from firstline.flow.escalation.actions.settings import save_protocol
    from firstline.flow.triage.actions.settings import map_category, save_rule, set_mode
    from firstline.flow.triage.models import Mode, Rule
    from firstline.people.teams.models import Team
    from firstline.work.tickets.actions.settings import save_category
    from firstline.work.tickets.fields import catalogue
    from firstline.work.tickets.models import Category

    cast, desk = _people(), Team.objects.get(name="Service desk")
    lines = save_category(Category(name="Lines"), by=cast["bea"])
    map_category(lines, desk, by=cast["bea"])
    set_mode(desk, Mode.LEAST_LOADED, capacity=500, by=cast["bea"])
    when = to_json(parse('"line is down"', catalogue, Context(trusted=True)))
    sets = {"impact": 1, "urgency": 1, "category": lines.pk}
    rule = Rule(name="A line is down", condition=when, sets=sets, replaces=True, owner=cast["lin"])
    save_rule(rule, by=cast["bea"])
    save_protocol(1, first_minutes=60, every_minutes=60, tell=["requester"], by=cast["bea"])
    return {"rule": rule.pk}


def _automations() -> dict[str, Any]:
    """One that has done something, one that goes in a circle and has a draft; macros and canned replies."""
    from firstline.core.conditions import Context, parse, to_json
    from firstline.flow.automations.actions.automation import publish, save_automation
    from firstline.flow.automations.actions.canned import save_canned
    from firstline.flow.automations.actions.macro import apply_macro, save_macro
    from firstline.flow.automations.models import Automation, CannedReply, Macro
    from firstline.work.tickets.actions.edit import prioritise
    from firstline.work.tickets.actions.open import open_ticket
    from firstline.work.tickets.fields import catalogue

    cast = _people()

    def made(name: str, when: str, condition: str, **deeds: Any) -> Automation:
        one = Automation(name=name, goal="So that nobody forgets it.", owner=cast["lin"])
        kept = [{"do": what, "value": value} for what, value in deeds.items()]
        typed = to_json(parse(condition, catalogue, Context(trusted=True)))
        save_automation(one, {"whens": [when], "condition": typed, "deeds": kept, "minutes": 20}, by=cast["bea"])
        publish(one, by=cast["bea"])
        return one

    tagged = made(
        "Tag what is automated", "opened", "subject:automated", add_tags=["by-itself"], note="Hello {person}."
    )
    ping = made("Ping", "prioritised", "subject:automated priority:high", priority=3)
    made("Pong", "prioritised", "subject:automated priority:medium", priority=2)
    ticket = open_ticket(cast["rosa"], "A request that is automated", by=cast["rosa"])
    prioritise(ticket, 2, by=cast["ada"])
    ping.refresh_from_db()
    if ping.live is not None:
        save_automation(ping, {**ping.live.document, "minutes": 3}, by=cast["bea"])
    macro = save_macro(
        Macro(name="Ask for details", purpose="It waits for the requester.", minutes=4,
              deeds=[{"do": "add_tags", "value": ["asked"]}, {"do": "status", "value": "type:waiting"}]),
        by=cast["bea"],
    )  # fmt: skip
    apply_macro(ticket, macro, by=cast["ada"])
    texts = {"en": {"text": "Hello {person}, which device is it?", "tone": "Short."}, "vi": {"text": "Chào {person}!"}}
    canned = save_canned(CannedReply(name="Which device?", shortcut="device", texts=texts), by=cast["bea"])
    return {
        "automated": ticket.pk, "automation": tagged.pk, "circle": ping.pk, "macro": macro.pk, "canned": canned.pk,
    }  # fmt: skip


def _monitoring() -> dict[str, Any]:
    """A monitoring system that has told of a full disk, and sent something nobody understands."""
    from firstline.channels.alerts.actions.receive import receive, take_message
    from firstline.channels.alerts.actions.source import save_source
    from firstline.channels.alerts.models import AlertSource

    source, _token = save_source(AlertSource(name="Machines"), by=_people()["bea"])
    told = {"title": "The disk of db2 is full", "key": "db2", "state": "firing", "severity": "high"}
    taken, unread = (
        take_message(receive(source, body, content_type="application/json", by=None), by=None)
        for body in (json.dumps(told), '{"title": "The disk of db2')
    )
    return {"source": source.pk, "alert": taken.pk, "unread_alert": unread.pk}


def _rota() -> dict[str, Any]:
    """A team that works around the clock, is called in turns, and somebody who asks to swap a turn."""
    from datetime import time

    from firstline.core import clock
    from firstline.people.teams.actions.rota import save_shift
    from firstline.people.teams.actions.skills import save_skill, set_skills
    from firstline.people.teams.actions.swap import ask_swap
    from firstline.people.teams.models import Shift, Team

    cast, desk, today = _people(), Team.objects.get(name="Service desk"), clock.now().date()
    always: dict[str, Any] = {"weekdays": "1234567", "begins": time(0), "ends": time(0), "first_day": today}
    people = [cast["ada"], cast["lin"]]
    save_shift(desk, name="Desk", **always, people=people, by=cast["lin"])
    on_call = save_shift(
        desk, name="Nights", **always, kind=Shift.Kind.ON_CALL, rotation=Shift.Rotation.WEEKLY, people=people,
        by=cast["lin"],
    )  # fmt: skip
    ask_swap(cast["ada"], on_call, today, cast["lin"], note="My sister marries.", by=cast["ada"])
    skill = save_skill("Network", by=cast["bea"])
    set_skills(cast["ada"], {skill.pk: 2}, tickets=7, by=cast["lin"])
    return {"shift": on_call.pk}


def _opinions(ticket: int) -> dict[str, Any]:
    """Somebody is asked how it was, and what they think of the desk; something is being improved."""
    from firstline.core import clock
    from firstline.core.actions import acting
    from firstline.flow.surveys.actions.improve import save_improvement
    from firstline.flow.surveys.models import Feedback, Improvement, PulseInvitation, PulseRound, Question, Survey
    from firstline.flow.surveys.rules import FEEDBACK, PULSE, token_for

    cast, now = _people(), clock.now()
    asked, pulse = Survey.objects.get(occasion="ticket"), Survey.objects.get(occasion="pulse")
    with acting():
        waiting, said = (
            Feedback.objects.create(
                ticket_id=ticket, person=cast[name], survey=asked, asks_to_rate=True, expires_at=now + timedelta(days=9)
            )
            for name in ("rosa", "omar")
        )
        said.is_satisfied, said.remark, said.answered_at = False, "It took a week.", now
        said.save()
        turn = PulseRound.objects.create(survey=pulse, begins_at=now, ends_at=now + timedelta(days=9))
        invited = PulseInvitation.objects.create(round=turn, person=cast["rosa"], group="requesters", is_mailed=True)
    improvement = save_improvement(Improvement(title="Answer faster"), caused_by=[said], by=cast["lin"])
    return {
        "feedback": token_for(FEEDBACK, waiting.pk),
        "pulse": token_for(PULSE, invited.pk),
        "round": turn.pk,
        "survey": pulse.pk,
        "question": Question.objects.filter(survey=pulse)[0].pk,
        "improvement": improvement.pk,
    }


def _mails(ticket: int) -> dict[str, Any]:
    """A mail with a dress on its way out, and one that was held back."""
    from firstline.channels.email.models import OutgoingMail, RawMail
    from firstline.core.actions import acting
    from firstline.core.files import store

    raw = store([b"From: list@elsewhere.example\r\nSubject: News of May\r\n\r\nMany news.\r\n"])
    with acting():
        mail = OutgoingMail.objects.create(
            purpose="reply",
            ticket_id=ticket,
            to="rosa@firstline.example",
            message_id="<one@firstline.example>",
            subject="An answer",
            text="Please restart it.",
            html="<p>Please <a href='https://firstline.example'>restart it</a>.</p>",
        )
        held = RawMail.objects.create(
            sha256=raw.sha256, size=raw.size, way="smtp", state="held", subject="News of May",
            sender="list@elsewhere.example", reason="A mailing list.",
        )  # fmt: skip
    return {"mail": mail.pk, "held": held.pk}


def _services() -> dict[str, Any]:
    """The ready-made catalog, a form being shaped, and what rosa has begun and sent."""
    from firstline.core.actions import via
    from firstline.work.catalog.actions.offering import make_offering
    from firstline.work.catalog.actions.ready import install
    from firstline.work.catalog.engine.ready import READY
    from firstline.work.catalog.models import Category
    from firstline.work.intake.actions.fill import begin, keep
    from firstline.work.intake.actions.shape import edit
    from firstline.work.intake.engine.questions import Question
    from firstline.work.intake.models import Submission
    from firstline.work.intake.queries.forms import published
    from firstline.work.tickets.actions.file import file_offering

    cast = _people()
    made = {each.key: each for each in install([each["key"] for each in READY], by=cast["bea"])}
    rosa, software, hiring = cast["rosa"], made["software"], made["onboarding"]
    assert hiring.form is not None
    assert software.form is not None
    version = published(hiring.form)
    assert version is not None
    draft = keep(
        begin(version, hiring.purpose, by=rosa),
        {"department": "Finance", "people": [{"name": "Ngô Lan"}, {"name": ""}]},
        last_question="people", page=2, by=rosa,
    )  # fmt: skip
    with via("portal"):
        (ticket,) = file_offering(
            software, {"wish": "again", "program": "Krita", "trouble": "It closes by itself."}, once="journey", by=rosa
        )
    edit(
        software.form,
        [*software.form.versions.get().questions, Question(key="open", type="choice", label={"en": "Open?"})],
        by=cast["bea"],
    )
    return {
        "service_draft": draft.pk,
        "submission": Submission.objects.get(once="journey").pk,
        "asked_for": ticket.pk,
        "form": software.form.pk,
        "table_form": hiring.form.pk,
        "offering": software.pk,
        "bare_offering": make_offering({"en": "Parking space"}, by=cast["bea"]).pk,
        "service_category": Category.objects.order_by("id")[0].pk,
    }


def _sessions() -> dict[str, Any]:
    """Tia has a second step, Kim no password: both are signed in already."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.conf import settings
    from django.test import Client

    from firstline.config.demo.people import PASSWORD
    from firstline.core import clock
    from firstline.people.access.actions.grant import grant
    from firstline.people.accounts.actions.open import open_person

    made: dict[str, Any] = {"session_cookie": settings.SESSION_COOKIE_NAME}
    for name in ("tia", "kim"):
        person = open_person(f"{name}@firstline.example", name=name.title(), is_verified=True, by=None)
        if name == "tia":
            grant(person, "agent", by=None)
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
            TOTP.activate(person, generate_totp_secret())
            RecoveryCodes.activate(person)
        client = Client()
        client.force_login(person)
        session = client.session
        session["signed_in_at"] = (clock.now() + timedelta(hours=2)).timestamp()  # fresh to the end of a slow run
        session.save()
        made[f"session_{name}"] = session.session_key
    return made


if __name__ == "__main__":
    set_up()
    json.dump(fill(), sys.stdout)
