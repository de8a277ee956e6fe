"""Rules as sentences: “first Lin or Omar, then the requester’s manager if it costs more than 500”."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.flow.approvals.engine.plans import Asked, Expiry, Plan, Quorum, Who
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.approvals.models import Rule
from firstline.people.access.models import Role
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department
from firstline.people.teams.models import Team


class Names:
    """What the numbers in plans are called: one query for people, teams and departments each."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        asked = [each for plan in plans for each in (*plan.who, *plan.fallback, *plan.escalate_to)]
        people = [int(each.key or 0) for each in asked if each.who is Who.PERSON]
        teams = [int(each.key or 0) for each in asked if each.who in {Who.TEAM, Who.LEADS}]
        departments = [int(each.key or 0) for each in asked if each.who is Who.HEAD and each.key is not None]
        self.people = {each.pk: each.display_name for each in Person.objects.filter(pk__in=people)} if people else {}
        self.teams = dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")) if teams else {}
        found = Department.objects.filter(pk__in=departments)
        self.departments = dict(found.values_list("pk", "name")) if departments else {}

    def of(self, asked: Asked) -> str:
        """Who is asked, in words."""
        key = asked.key
        match asked.who:
            case Who.PERSON:
                return self.people.get(key, _("somebody who is gone"))  # type: ignore[arg-type]
            case Who.ROLE:
                label = dict(Role.choices).get(str(key), str(key))
                return _("anybody with the role %(role)s") % {"role": label}
            case Who.TEAM:
                return _("the team %(team)s") % {"team": self.teams.get(key, "?")}  # type: ignore[arg-type]
            case Who.LEADS:
                return _("whoever leads %(team)s") % {"team": self.teams.get(key, "?")}  # type: ignore[arg-type]
            case Who.MANAGER:
                return _("the requester’s manager")
            case Who.HEAD if key is None:
                return _("the head of the requester’s department")
            case Who.HEAD:
                return _("the head of %(department)s") % {"department": self.departments.get(key, "?")}  # type: ignore[arg-type]
        return _("the owner of the category")


def stage_in_words(plan: Plan, names: Names) -> str:
    """One stage: who, how many, when."""
    people = [names.of(asked) for asked in plan.who]
    joined = _both(people, _(" and ") if plan.quorum is Quorum.ALL else _(" or "))
    words = {
        Quorum.ANY: joined,
        Quorum.ALL: _("all of: %(people)s") % {"people": joined} if len(people) == 1 and _is_group(plan) else joined,
        Quorum.NUMBER: ngettext("%(count)s of: %(people)s", "%(count)s of: %(people)s", plan.number)
        % {"count": plan.number, "people": joined},
        Quorum.SHARE: _("%(share)s %% of: %(people)s") % {"share": plan.number, "people": joined},
    }[plan.quorum]
    if plan.cost_over is not None:
        limit = f"{plan.cost_over} {CURRENCY.get()}"
        words = _("%(stage)s if it costs more than %(limit)s") % {"stage": words, "limit": limit}
    if plan.condition:
        words = _("%(stage)s for tickets like “%(condition)s”") % {"stage": words, "condition": plan.condition}
    if plan.is_meeting:
        words = _("%(stage)s in a meeting") % {"stage": words}
    return words


def time_in_words(plan: Plan, names: Names) -> str:
    """What happens when nobody answers."""
    if not plan.hours:
        return _("as long as it takes")
    hours = ngettext("%(count)s working hour", "%(count)s working hours", plan.hours) % {"count": plan.hours}
    whom = _both([names.of(asked) for asked in plan.escalate_to], _(" or "))
    return {
        Expiry.REFUSE: _("%(hours)s, then it is not approved"),
        Expiry.GRANT: _("%(hours)s, then it is approved"),
        Expiry.ESCALATE: _("%(hours)s, then %(whom)s decides"),
        Expiry.STAY: _("%(hours)s, then they are reminded"),
    }[plan.on_expiry] % {"hours": hours, "whom": whom}


def rule_in_words(rule: Rule, names: Names) -> str:
    """The whole rule as one sentence."""
    parts: list[str] = []
    for row in rule.stages.all():
        words = stage_in_words(row.planned, names)
        if parts and row.is_beside:
            parts[-1] = _("%(before)s, at the same time %(stage)s") % {"before": parts[-1], "stage": words}
        elif parts:
            parts.append(_("then %(stage)s") % {"stage": words})
        else:
            parts.append(words)
    if len(parts) > 1:
        parts[0] = _("first %(stage)s") % {"stage": parts[0]}
    return ", ".join(parts)


def _is_group(plan: Plan) -> bool:
    return any(asked.who in {Who.ROLE, Who.TEAM, Who.LEADS} for asked in plan.who)


def _both(words: list[str], between: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + between + words[-1]
