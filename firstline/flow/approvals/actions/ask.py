"""Asking for an approval: by hand, by a rule, or by a workflow that gives its own reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.calendars.models import Calendar
from firstline.flow.approvals.engine import course as engine
from firstline.flow.approvals.engine import plans
from firstline.flow.approvals.engine.plans import MOST_STAGES, Asked, Plan, PlanWrong, Who
from firstline.flow.approvals.fields import COST_FIELD
from firstline.flow.approvals.models import Approval, Rule, Stage
from firstline.flow.approvals.models.rules import AfterRefusal
from firstline.flow.approvals.rules import cost_of, fits
from firstline.people.teams.models import Team
from firstline.work.catalog.models import Offering
from firstline.work.tickets.actions._change import lock, must_be_live
from firstline.work.tickets.models import Ticket

from ._course import Desk, finish, hold

LONGEST_WORDS = 5_000
BY_RULE, BY_OFFERING = "rule", "offering"
NAMED_RULE = "rule:"  # and its number: how an offering names a rule


@action("approval.ask", permission="approval.ask")
def ask(
    ticket: Ticket,
    stages: Sequence[Plan | Mapping[str, Any]],
    *,
    title: str = "",
    words: str = "",
    cost: Decimal | None = None,
    caller: str = "desk",
    reference: str = "",
    calendar: Calendar | None = None,
    holds: bool = True,
    then_team: Team | None = None,
    on_refusal: str = AfterRefusal.STAY,
    rule: Rule | None = None,
    by: Any,
) -> Approval:
    """Ask people to approve something about a ticket.

    `caller` and `reference` are whoever asks and what they call it; the event `approval.decided` brings both back.
    Asked again with the same reference, the approval of the first time is answered.
    """
    lock(ticket)
    must_be_live(ticket)
    known = Approval.objects.filter(caller=caller, reference=reference).first() if reference else None
    if known is not None:
        return known
    plan = _plans(stages)
    approval = Approval(
        ticket=ticket, requester_id=ticket.requester_id, asked_by=by,
        title=" ".join(title.split())[:200] or ticket.subject[:200], words=words.strip()[:LONGEST_WORDS],
        cost=cost if cost is not None else cost_of(ticket, COST_FIELD.get()), caller=caller[:32],
        reference=reference[:120], rule=rule, calendar=calendar, holds=holds, then_team=then_team,
        on_refusal=AfterRefusal(on_refusal), asked_at=clock.now(),
    )  # fmt: skip
    hold(approval)
    approval.save(force_insert=True)
    for position, each in enumerate(plan, 1):
        Stage(
            approval=approval, position=position, name=each.name[:80], plan=plans.as_json(each)
        ).save(force_insert=True)  # fmt: skip
    desk = Desk(approval)
    desk.step(lambda course: engine.start(course, desk.begin), by=by)
    return approval


def ask_by_rule(ticket: Ticket) -> Approval | None:
    """Let the first rule that fits the ticket ask, once. A rule that was signed off beforehand grants by itself."""
    rule = rule_for(ticket)
    if rule is None:
        return None
    if Approval.objects.filter(ticket=ticket, caller=BY_OFFERING).exists():
        return None  # what was asked for says itself who has to agree
    reference = f"{rule.pk}:{ticket.pk}"
    if Approval.objects.filter(caller=BY_RULE, reference=reference).exists():
        return None
    if (cost := _granted_before(rule, ticket)) is not None:
        return _grant_before(ticket, rule, cost, reference)
    return ask(
        ticket, _stages_of(rule) or _ask_who_signed(rule), title=rule.name, words=rule.purpose, caller=BY_RULE,
        reference=reference, calendar=rule.calendar, holds=rule.holds, then_team=rule.then_team,
        on_refusal=rule.on_refusal, rule=rule, by=None,
    )  # fmt: skip


def ask_for_offering(ticket: Ticket, offering: Offering) -> Approval | None:
    """Ask whoever an offering names; None if nobody has to agree to it."""
    who = {"manager": Asked(Who.MANAGER), "department_head": Asked(Who.HEAD)}.get(offering.approval)
    if offering.approval == "owner" and offering.owner_id:
        who = Asked(Who.PERSON, offering.owner_id)
    reference = f"{offering.pk}:{ticket.pk}"
    if who is not None:
        return ask(
            ticket, [Plan(who=(who,))], title=offering.name, cost=offering.cost, caller=BY_OFFERING,
            reference=reference, by=None,
        )  # fmt: skip
    rule = rule_named(offering.approval)
    if rule is None:
        return None
    return ask(
        ticket, _stages_of(rule), title=offering.name, words=rule.purpose, cost=offering.cost, caller=BY_OFFERING,
        reference=reference, calendar=rule.calendar, holds=rule.holds, then_team=rule.then_team,
        on_refusal=rule.on_refusal, rule=rule, by=None,
    )  # fmt: skip


def rule_named(key: str) -> Rule | None:
    """The rule in use that an offering names as `rule:7`, if it can ask somebody."""
    number = key.removeprefix(NAMED_RULE)
    if number == key or not number.isdecimal():
        return None
    found = Rule.objects.filter(pk=int(number), is_active=True).prefetch_related("stages").first()
    return found if found is not None and found.stages.all() else None


def rule_for(ticket: Ticket) -> Rule | None:
    """The first rule in use that is meant for this ticket, and can ask somebody or grant by itself."""
    rules = Rule.objects.filter(is_active=True).select_related("calendar", "then_team").prefetch_related("stages")
    return next(
        (rule for rule in rules if (rule.stages.all() or rule.is_signed) and fits(rule.condition, ticket)), None
    )


def _stages_of(rule: Rule) -> list[Plan]:
    """The rule's stages, with the steps that follow from what stands beside what."""
    found, step = [], 0
    for row in rule.stages.all():
        step += 0 if row.is_beside and step else 1
        found.append(plans.from_json({**row.plan, "step": step}))
    return found


def _ask_who_signed(rule: Rule) -> list[Plan]:
    """What a rule without stages does not grant by itself, because it costs more or the day has passed."""
    return [Plan(who=(Asked(Who.PERSON, rule.signed_by_id),))]


def _granted_before(rule: Rule, ticket: Ticket) -> Decimal | None:
    """The cost up to which it is granted by itself, if it is: whoever signed is still here, and it costs no more."""
    if not rule.is_signed or rule.signed_by is None or not rule.signed_by.is_active:
        return None
    if rule.signed_by_id == ticket.requester_id:
        return None  # nobody approves their own request, not even beforehand
    cost = cost_of(ticket, COST_FIELD.get())
    if rule.granted_up_to and (cost is None or cost > rule.granted_up_to):
        return None
    return cost if cost is not None else Decimal(0)


def _grant_before(ticket: Ticket, rule: Rule, cost: Decimal, reference: str) -> Approval:
    now = clock.now()
    approval = Approval(
        ticket=ticket, requester_id=ticket.requester_id, title=rule.name, words=rule.purpose, cost=cost or None,
        caller=BY_RULE, reference=reference, rule=rule, calendar=rule.calendar, holds=rule.holds,
        then_team=rule.then_team, on_refusal=rule.on_refusal, state=Approval.State.GRANTED,
        how=Approval.How.BEFORE, is_open=False, asked_at=now, decided_at=now,
    )  # fmt: skip
    approval.save(force_insert=True)
    finish(
        approval, by=None, rule=rule.name, signed_by=rule.signed_by_id,
        until=rule.granted_until.isoformat() if rule.granted_until else None,
    )  # fmt: skip
    return approval


def _plans(stages: Sequence[Plan | Mapping[str, Any]]) -> list[Plan]:
    try:
        found = [each if isinstance(each, Plan) else plans.from_json(each) for each in stages]
    except PlanWrong as wrong:
        raise Refused(plan_trouble(wrong.code)) from wrong
    if not 0 < len(found) <= MOST_STAGES:
        raise Refused(_("An approval has one to %(most)s stages.") % {"most": MOST_STAGES})
    return found


def plan_trouble(code: str) -> str:
    """What is wrong with a plan, for whoever wrote it."""
    return {
        "whom": _("Say whom this stage asks."),
        "number": _("Say how many have to agree, from 1 to 200."),
        "share": _("Say how many per cent have to agree, from 1 to 100."),
        "hours": _("The time must lie between nothing and one year."),
        "escalate": _("Say who decides when the time is over."),
        "cost": _("A cost limit is a number from 0 on."),
        "step": _("An approval has one to %(most)s stages.") % {"most": MOST_STAGES},
        "unknown": _("This stage cannot be read."),
    }[code]
