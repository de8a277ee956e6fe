from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.conditions import Condition, ConditionError, Context, check, from_json, to_json
from firstline.core.events.record import record
from firstline.flow.triage.events import TriageSettingChanged
from firstline.flow.triage.models import Book, CategorySkill, CategoryTeam, Mode, PriorityScale, Rule, TeamRouting
from firstline.people.teams.models import Skill, Team
from firstline.work.tickets.actions.edit import check_custom_value
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category, CustomField, Impact, Kind, Priority, Risk, Urgency

MOST_RULES = 1000


@action("triage_rule.save", permission="ticket.settings")
def save_rule(rule: Rule, *, by: Any) -> Rule:
    """Add a triage rule or change it."""
    rule.name = " ".join(rule.name.split())[:120]
    if not rule.name:
        raise Refused(_("A rule needs a name that says what it is for."))
    rule.condition = to_json(_checked(from_json(rule.condition)))
    rule.sets = _checked_sets(rule.sets)
    if not rule.sets:
        raise Refused(_("Choose at least one thing that the rule sets."))
    if rule._state.adding:
        if Rule.objects.count() >= MOST_RULES:
            raise Refused(_("There are %(most)d rules already.") % {"most": MOST_RULES})
        rule.position = (Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    rule.changed_at = clock.now()
    rule.save()
    Book.turn()
    record(rule, TriageSettingChanged, by=by, what="rule", name=rule.name)
    return rule


@action("triage_rule.remove", permission="ticket.settings")
def remove_rule(rule: Rule, *, by: Any) -> None:
    """Remove a triage rule; what it has decided stays explained."""
    record(rule, TriageSettingChanged, by=by, what="removed", name=rule.name)
    rule.delete()
    Book.turn()


@action("triage_rule.move", permission="ticket.settings")
def move_rule(rule: Rule, places: int, *, by: Any) -> Rule:
    """Let a rule be asked earlier (a negative number of places) or later."""
    order = list(Rule.objects.select_for_update().order_by("position", "id"))
    at = next(place for place, one in enumerate(order) if one.pk == rule.pk)
    moved = order.pop(at)
    order.insert(max(0, min(len(order), at + places)), moved)
    for position, one in enumerate(order, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    Book.turn()
    record(rule, TriageSettingChanged, by=by, what="order", name=rule.name)
    return moved


@action("triage_scale.save", permission="ticket.settings")
def save_scale(scale: PriorityScale, *, by: Any) -> PriorityScale:
    """Change how impact, urgency, risk, value and history become a priority."""
    cells = {f"{impact}{urgency}" for impact in Impact.values for urgency in Urgency.values}
    if set(scale.cells) != cells or not set(scale.cells.values()) <= set(Priority.values):
        raise Refused(_("Every cell of the matrix holds a priority from 1 to 4."))
    steps = [*scale.risk.values(), *scale.value.values(), scale.vip, scale.repeat]
    if not all(isinstance(step, int) and -3 <= step <= 3 for step in steps):
        raise Refused(_("Steps go from -3 to 3."))
    if scale.ceiling not in Priority.values:
        raise Refused(_("The priority is 1 (critical), 2 (high), 3 (medium) or 4 (low)."))
    scale.pk = 1
    scale.definitions = {key: text.strip()[:400] for key, text in scale.definitions.items() if text.strip()}
    scale.save()
    Book.turn()
    record(scale, TriageSettingChanged, by=by, what="scale", name="")
    return scale


@action("triage.set_mode", permission="ticket.settings")
def set_mode(team: Team, mode: str, *, by_skill: bool = False, capacity: int = 40, by: Any) -> TeamRouting:
    """Say how a team hands out its work."""
    if mode not in Mode.values:
        raise Refused(_("There is no such way to hand out work."))
    if not 1 <= capacity <= 10_000:
        raise Refused(_("The capacity is a number of points from 1 to 10,000."))
    found, _is_new = TeamRouting.objects.get_or_create(team=team)
    found.mode, found.by_skill, found.capacity = Mode(mode), by_skill, capacity
    found.save(update_fields=["mode", "by_skill", "capacity"])
    Book.turn()
    record(team, TriageSettingChanged, by=by, what="routing", name=team.name)
    return found


@action("triage.map_category", permission="ticket.settings")
def map_category(category: Category | None, team: Team | None, *, by: Any) -> None:
    """Say which team gets the tickets of a category; without a category: all the others."""
    known = CategoryTeam.objects.filter(category=category)
    if team is None:
        known.delete()
    elif not team.is_active:
        raise Refused(_("The team %(team)s is not active any more. Choose another one.") % {"team": team.name})
    elif not known.update(team=team):
        CategoryTeam(category=category, team=team).save()
    Book.turn()
    record(Book(pk=1), TriageSettingChanged, by=by, what="map", name=category.name if category else "")


@action("triage.map_skill", permission="ticket.settings")
def map_skill(category: Category, skill: Skill | None, *, by: Any) -> None:
    """Say which skill the tickets of a category ask for; none: that of the category above."""
    known = CategorySkill.objects.filter(category=category)
    if skill is None:
        known.delete()
    elif not known.update(skill=skill):
        CategorySkill(category=category, skill=skill).save()
    Book.turn()
    record(Book(pk=1), TriageSettingChanged, by=by, what="map", name=category.name)


def _checked(condition: Condition) -> Condition:
    try:
        return check(condition, catalogue, Context(trusted=True))
    except ConditionError as error:
        raise Refused(error.sentence) from None


def _checked_sets(sets: dict[str, Any]) -> dict[str, Any]:
    """Only what exists, in the form it is kept; empty words set nothing."""
    checks = {
        "category": lambda value: Category.objects.filter(pk=value, is_active=True).exists(),
        "team": lambda value: Team.objects.filter(pk=value, is_active=True).exists(),
        "kind": lambda value: value in Kind.values,
        "impact": lambda value: value in Impact.values,
        "urgency": lambda value: value in Urgency.values,
        "risk": lambda value: value in Risk.values,
    }
    kept: dict[str, Any] = {}
    for name, value in sets.items():
        if value in (None, "", [], {}):
            continue
        if name in checks:
            if not checks[name](value):
                raise Refused(_("What the rule sets does not exist any more: %(field)s.") % {"field": name})
            kept[name] = value
        elif name == "tags":
            kept[name] = list(dict.fromkeys(" ".join(str(tag).lower().split())[:60] for tag in value))[:20]
        elif name == "custom":
            kept[name] = {field.key: check_custom_value(field, value[field.key])
                          for field in CustomField.objects.filter(key__in=list(value))}  # fmt: skip
        else:
            raise Refused(_("A rule cannot set %(field)s.") % {"field": name})
    return kept
