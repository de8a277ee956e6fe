"""What the demo organisation lets people approve: rules, a change board, and a morning of approvals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from firstline.core import clock
from firstline.core.actions import acting, together
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.actions.decide import ask_for_more, decide
from firstline.flow.approvals.actions.expire import take_step
from firstline.flow.approvals.actions.meet import plan_meeting
from firstline.flow.approvals.actions.settings import save_rule, save_stage, set_owner, sign_off
from firstline.flow.approvals.engine.plans import Asked, Expiry, Plan, Quorum, Who
from firstline.flow.approvals.models import Approval, Meeting, Rule
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Membership
from firstline.people.teams.models import Team, TeamMember
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Category

BOARD = "Change board"


def approve_some(people: list[Person]) -> None:
    """Rules, a board with an agenda, and approvals in every state. Does nothing twice."""
    if Rule.objects.exists():
        return
    lin, bea, rosa = (Person.objects.get(email=f"{name}@firstline.example") for name in ("lin", "bea", "rosa"))
    with acting():
        board = Team.objects.get_or_create(name=BOARD, defaults={"purpose": "Decides on changes every Thursday."})[0]
        TeamMember.objects.get_or_create(team=board, person=lin, defaults={"is_lead": True})
        TeamMember.objects.get_or_create(team=board, person=bea)
        Membership.objects.update_or_create(person=rosa, defaults={"manager": people[1]})
    _rules(lin, bea)
    _approvals(people, lin, rosa, board)
    when = clock.now() + timedelta(days=2)
    meeting = Meeting(name=BOARD, team=board, at=when.replace(hour=9, minute=0), place="Room Elbe, and by video")
    plan_meeting(lin, meeting, by=lin)


def _rules(lin: Person, bea: Person) -> None:
    by_manager = Plan(
        who=(Asked(Who.MANAGER),), name="Manager", hours=16, remind_hours=8, fallback=(Asked(Who.PERSON, lin.pk),)
    )
    software = save_rule(
        Rule(name="New software", purpose="A licence is paid every year.", condition='kind:request "licence"'), by=None
    )
    save_stage(software, None, by_manager, by=None)
    hardware = save_rule(
        Rule(name="New hardware", purpose="Whoever pays has to know.", condition='kind:request "new laptop"'), by=None
    )
    save_stage(hardware, None, Plan(who=(Asked(Who.PERSON, lin.pk), Asked(Who.PERSON, bea.pk)), hours=16), by=None)
    dear = Plan(
        who=(Asked(Who.MANAGER),), name="Budget", cost_over=500, hours=24, on_expiry=Expiry.ESCALATE,
        escalate_to=(Asked(Who.PERSON, bea.pk),), fallback=(Asked(Who.PERSON, bea.pk),),
    )  # fmt: skip
    save_stage(hardware, None, dear, by=None)
    small = save_rule(
        Rule(name="A monitor or a mouse", purpose="Standard equipment.", condition='kind:request "monitor"'), by=None
    )
    sign_off(small, (clock.now() + timedelta(days=180)).date(), up_to=0, by=bea)
    category = Category.objects.filter(parent=None).order_by("name").first()
    if category is not None:
        set_owner(category, lin, by=None)


def _approvals(people: list[Person], lin: Person, rosa: Person, board: Team) -> None:
    now = clock.now()

    def asked(hours_ago: float, requester: Person, subject: str, *plans: Plan, **more: Any) -> Approval:
        with clock.set_to(now - timedelta(hours=hours_ago)):
            with together():
                ticket = open_ticket(
                    requester, subject, kind=more.pop("kind", "request"), source="portal", by=requester
                )
                reply(ticket, more["words"], author=requester, by=None)
            return ask(ticket, plans, title=subject, by=None, **more)

    by_lin = Plan(who=(Asked(Who.PERSON, lin.pk),), name="Service desk", hours=16, remind_hours=8)
    with clock.set_to(now - timedelta(hours=20)), together():
        licence = open_ticket(rosa, "Licence for the label designer", kind="request", source="portal", by=rosa)
        reply(licence, "The free one cannot print our barcodes.", author=rosa, by=None)
    asked(
        5, people[3], "Admin rights on the packing line PC", by_lin,
        words="The scanner software updates itself and asks for them each time.", cost=Decimal(0),
    )  # fmt: skip
    asked(
        3, people[4], "Five seats in the conference tool", by_lin,
        words="The sales team meets customers every morning.", cost=Decimal("740.00"),
    )  # fmt: skip
    more = asked(26, people[5], "External disk for the archive", by_lin, words="Ours is full.", cost=Decimal(129))
    with clock.set_to(now - timedelta(hours=22)):
        ask_for_more(more, "How much do you need, and may it leave the building?", by=lin)
    decided = asked(
        50, people[6], "A second phone line in the canteen", by_lin, words="Orders do not get through at noon."
    )
    with clock.set_to(now - timedelta(hours=46)):
        decide(decided, True, comment="Agreed with facility management.", by=lin)
    refused = asked(70, people[7], "A drone for the yard", by_lin, words="To count pallets.", cost=Decimal(2300))
    with clock.set_to(now - timedelta(hours=65)):
        decide(refused, False, comment="Insurance does not cover it. Ask again after the audit.", by=lin)
    expired = asked(
        200, people[8], "Early access to the new wiki", Plan(who=(Asked(Who.PERSON, people[2].pk),), hours=8),
        words="We would like to try it.",
    )  # fmt: skip
    with clock.set_to(now - timedelta(hours=90)):
        take_step(expired.stages.get(), by=None)
    change = Plan(who=(Asked(Who.LEADS, board.pk),), name=BOARD, is_meeting=True, quorum=Quorum.ANY)
    for hours, subject, words in (
        (40, "Move the ERP database to the new cluster", "Saturday 22:00 to 04:00. Back-out: snapshot from 21:45."),
        (18, "New firewall rules for the Newark plant", "Opens one port to the carrier; closed again after the test."),
    ):
        asked(hours, people[9], subject, change, kind="change", words=words)
    open_ticket(people[10], "A monitor for the new colleague", kind="request", source="portal", by=people[10])
