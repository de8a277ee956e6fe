"""What an admin arranges: rules and their stages, what is approved beforehand, who owns a category."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.conditions import parse
from firstline.core.events.record import record
from firstline.core.fields import ConditionError, Context
from firstline.flow.approvals.engine import plans
from firstline.flow.approvals.engine.plans import MOST_STAGES, Plan
from firstline.flow.approvals.events import ApprovalRuleSaved, ApprovalRuleSigned, CategoryOwnerSet
from firstline.flow.approvals.models import CategoryOwner, Rule, RuleStage
from firstline.people.accounts.models import Person
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category


@action("approval.save_rule", permission="approval.settings")
def save_rule(rule: Rule, *, by: Any) -> Rule:
    """Add a rule or change it. What was signed off for other tickets has to be signed off anew."""
    rule.name = " ".join(rule.name.split())[:120]
    if not rule.name:
        raise Refused(_("A rule needs a name."))
    if Rule.objects.filter(name=rule.name).exclude(pk=rule.pk or 0).exists():
        raise Refused(_("There is another rule called %(name)s.") % {"name": rule.name})
    _must_read(rule.condition)
    before = Rule.objects.filter(pk=rule.pk).first() if rule.pk else None
    if before is not None and before.condition != rule.condition:
        rule.signed_by, rule.signed_at, rule.granted_until = None, None, None
    rule.save()
    record(rule, ApprovalRuleSaved, by=by, name=rule.name, fields=["rule"] if before else [])
    return rule


@action("approval.save_rule_stage", permission="approval.settings")
def save_stage(rule: Rule, stage: RuleStage | None, plan: Plan, *, is_beside: bool = False, by: Any) -> RuleStage:
    """Add a stage at the end of a rule, or change one. What is under way keeps the stages it was asked with."""
    _must_read(plan.condition)
    if stage is None:
        if rule.stages.count() >= MOST_STAGES:
            raise Refused(_("An approval has one to %(most)s stages.") % {"most": MOST_STAGES})
        last = rule.stages.order_by("-position").first()
        stage = RuleStage(rule=rule, position=last.position + 1 if last else 1)
    stage.plan, stage.is_beside = plans.as_json(plan), is_beside
    stage.save()
    record(rule, ApprovalRuleSaved, by=by, name=rule.name, fields=["stages"])
    return stage


@action("approval.remove_rule_stage", permission="approval.settings")
def remove_stage(rule: Rule, stage: RuleStage, *, by: Any) -> None:
    """Take a stage out of its rule."""
    if stage.rule_id != rule.pk:
        raise Refused(_("This is a stage of another rule."))
    stage.delete()
    record(rule, ApprovalRuleSaved, by=by, name=rule.name, fields=["stages"])


@action("approval.sign_off", permission="approval.settings")
def sign_off(rule: Rule, until: date | None, *, up_to: int = 0, by: Any) -> Rule:
    """Put your name to it that what the rule is for is approved beforehand until a day; without a day: no more."""
    rule.refresh_from_db(from_queryset=Rule.objects.select_for_update(of=("self",)))
    if until is not None:
        if until < clock.now().date():
            raise Refused(_("This day is over."))
        if by is None:
            raise Refused(_("Somebody has to put their name to it."))
        if up_to < 0:
            raise Refused(_("A cost limit is a number from 0 on."))
    rule.granted_until, rule.granted_up_to = until, up_to if until else 0
    rule.signed_by, rule.signed_at = (by, clock.now()) if until else (None, None)
    rule.save(update_fields=["granted_until", "granted_up_to", "signed_by", "signed_at"])
    record(
        rule, ApprovalRuleSigned, by=by, name=rule.name, up_to=rule.granted_up_to,
        until=until.isoformat() if until else None,
    )  # fmt: skip
    return rule


@action("approval.set_owner", permission="approval.settings")
def set_owner(category: Category, owner: Person | None, *, by: Any) -> None:
    """Say who owns what a category is about, or that nobody does."""
    if owner is not None and not owner.is_active:
        raise Refused(_("The account of %(person)s is deactivated.") % {"person": owner.display_name})
    row = CategoryOwner.objects.filter(category=category).first()
    if owner is None:
        if row is not None:
            row.delete()
    else:
        row = row or CategoryOwner(category=category)
        row.person = owner
        row.save()
    record(category, CategoryOwnerSet, by=by, owner=owner.pk if owner else None)


def _must_read(condition: str) -> None:
    if condition.strip():
        try:
            parse(condition, catalogue, Context(viewer=None, trusted=True))
        except ConditionError as trouble:
            raise Refused(str(trouble)) from trouble
