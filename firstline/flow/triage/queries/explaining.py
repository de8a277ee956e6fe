"""Why is it as it is, and why did a rule not fire: sentences made when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.conditions import ConditionError, Context, Test, describe, from_json, prepare
from firstline.core.events.models import Event
from firstline.core.events.names import names_for
from firstline.flow.triage.models import Decision, Mode, Pick, PriorityScale, Rule
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.fields import catalogue, words_read_once
from firstline.work.tickets.models import Category, Impact, Kind, Priority, Risk, Tag, Ticket, Urgency, Value

CHANGED_BY = {
    "owner": "ticket.assigned", "team": "ticket.routed", "category": "ticket.categorised",
    "priority": "ticket.prioritised",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Why one fact is as it is."""

    field: str
    label: str
    value: str
    sentences: list[str]
    by: str = ""
    at: datetime | None = None
    rule: int | None = None
    pick: Pick | None = None


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What a rule did to a ticket, or why it would do nothing to it now."""

    rule: Rule
    fired: bool
    holds: bool
    failed: str = ""  # the first part of the condition that is not fulfilled
    saw: str = ""  # what stands there instead


def why(ticket: Ticket) -> list[Answer]:
    """Priority, category, team and owner. A handful of queries."""
    latest: dict[str, Event] = {}
    events = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, kind__in=CHANGED_BY.values())
    for event in events.select_related("actor").order_by("id"):
        latest[event.kind] = event
    decisions = {each.field: each for each in Decision.objects.filter(ticket=ticket).order_by("id")}
    last_pick = Pick.objects.filter(ticket=ticket).select_related("chosen", "team").order_by("-id").first()
    return [
        _about_priority(ticket, latest.get("ticket.prioritised")),
        _about("category", _("Category"), ticket.category_id, ticket.category, latest, decisions),
        _about("team", _("Team"), ticket.team_id, ticket.team, latest, decisions),
        _about_owner(ticket, latest.get("ticket.assigned"), last_pick),
    ]


def sum_of(reason: dict[str, Any]) -> list[str]:
    """How a priority was worked out, step by step."""
    if reason.get("rule") == "override":
        said = reason.get("reason")
        return [_("Set by hand: “%(reason)s”") % {"reason": said} if said else _("Set by hand.")]
    if reason.get("rule") != "matrix":
        return []
    impact, urgency = reason.get("impact"), reason.get("urgency")
    told = [
        _("Impact: %(impact)s.") % {"impact": Impact(impact).label if impact else _("nobody has said, so the middle")},
        _("Urgency: %(urgency)s.")
        % {"urgency": Urgency(urgency).label if urgency else _("nobody has said, so the middle")},
    ]
    if cell := reason.get("cell"):
        told.append(_("The matrix makes that %(priority)s.") % {"priority": name_of(cell)})
    told += [_step(*step) for step in reason.get("steps", ())]
    if ceiling := reason.get("ceiling"):
        told.append(_("Steps alone do not lift it above %(priority)s.") % {"priority": name_of(ceiling)})
    return told


def name_of(priority: int) -> str:
    """P1 (Critical)."""
    return f"P{priority} ({Priority(priority).label})"


def why_not(ticket: Ticket) -> list[RuleAnswer]:
    """Every rule in use, in order: whether it did something here, and what keeps it from doing so now."""
    fired = set(Decision.objects.filter(ticket=ticket, rule__isnull=False).values_list("rule_id", flat=True))
    with words_read_once():
        return [_answer(rule, ticket, rule.pk in fired) for rule in Rule.objects.filter(is_active=True)]


def in_words(rule: Rule) -> str:
    """When: the condition as a sentence."""
    return condition_in_words(rule.condition)


def condition_in_words(kept: dict[str, Any]) -> str:
    """A kept condition as a sentence; why it cannot be asked, if it cannot."""
    try:
        return describe(from_json(kept), catalogue, Context(trusted=True))
    except ConditionError as error:
        return error.sentence


def sets_in_words(sets: dict[str, Any]) -> list[str]:
    """Then: what it sets."""
    told = []
    for name, value in sets.items():
        if name == "custom":
            told += [f"{key}: {_plain(part)}" for key, part in value.items()]
        else:
            told.append(f"{label_of(name)}: {shown(name, value)}")
    return told


def label_of(field: str) -> str:
    labels = {
        "category": _("Category"), "team": _("Team"), "kind": _("Kind"), "tags": _("Tags"), "impact": _("Impact"),
        "urgency": _("Urgency"), "risk": _("Risk"), "owner": _("Owner"), "priority": _("Priority"),
    }  # fmt: skip
    return labels.get(field, field.removeprefix("custom."))


def shown(field: str, value: Any) -> str:
    """A value as people read it."""
    if value in (None, "", []):
        return "—"
    match field:
        case "category":
            return Category.objects.filter(pk=value).values_list("name", flat=True).first() or f"{value}"
        case "team":
            return Team.objects.filter(pk=value).values_list("name", flat=True).first() or f"{value}"
        case "kind":
            return str(Kind(value).label)
        case "impact":
            return str(Impact(value).label)
        case "urgency":
            return str(Urgency(value).label)
        case "risk":
            return str(Risk(value).label)
    return _plain(value)


def verdicts_in_words(pick: Pick, people: dict[int, str]) -> list[dict[str, Any]]:
    """Everybody who was thought of, by name, with what was said of them."""
    reasons = {
        "absent": _("is away"),
        "off shift": _("has no shift now"),
        "away": _("is away from the desk"),
        "does not work on tickets": _("has no role that works on tickets"),
        "lacks the skill": _("does not know the category"),
        "others know more": _("others know it better"),
        "full": _("has as much as they can carry"),
    }
    return [
        {
            "name": people.get(each["person"], f"#{each['person']}"),
            "chosen": bool(each.get("chosen")),
            "why_not": reasons.get(each.get("why_not", ""), each.get("why_not", "")),
            "load": each.get("load"),
            "capacity": each.get("capacity"),
            "level": each.get("level"),
        }
        for each in pick.verdicts
    ]


def names_in(picks: Iterable[Pick]) -> dict[int, str]:
    """The names of everybody in the verdicts: one query for a whole log."""
    wanted = {each["person"] for pick in picks for each in pick.verdicts}
    return {person.pk: person.display_name for person in Person.objects.filter(pk__in=wanted)}


def _about_priority(ticket: Ticket, event: Event | None) -> Answer:
    told = sum_of(ticket.priority_reason)
    is_by_hand = ticket.priority_reason.get("rule") == "override"
    return Answer(
        "priority", _("Priority"), name_of(ticket.priority), told or [_("It came with the ticket.")],
        by=_actor(event) if is_by_hand else "", at=event.at if event else ticket.created_at,
    )  # fmt: skip


def _about(
    field: str, label: str, key: Any, thing: Any, latest: dict[str, Event], decisions: dict[str, Decision]
) -> Answer:
    event, decision = latest.get(CHANGED_BY[field]), decisions.get(field)
    value = str(thing) if thing is not None else "—"
    if event is not None and event.actor_id is not None:
        return Answer(field, label, value, [_("Somebody set it.")], by=_actor(event), at=event.at)
    if decision is not None and decision.after == key:
        return Answer(field, label, value, [_decided(decision)], at=decision.at, rule=decision.rule_id)
    if event is not None:
        return Answer(field, label, value, [_("It was set without anybody typing it.")], at=event.at)
    said = _("It came with the ticket.") if key is not None else _("No rule and nobody has said anything.")
    return Answer(field, label, value, [said])


def _about_owner(ticket: Ticket, event: Event | None, pick: Pick | None) -> Answer:
    value = ticket.owner.display_name if ticket.owner else "—"
    if pick is not None and (pick.is_alarm or (ticket.owner_id and pick.chosen_id == ticket.owner_id)):
        people = names_in([pick])
        told = [_("Chosen by %(team)s: %(mode)s.") % {"team": pick.team.name, "mode": Mode(pick.mode).label}]
        if pick.is_alarm:
            told = [_("Nobody in %(team)s could take it.") % {"team": pick.team.name}]
        for each in verdicts_in_words(pick, people):
            words = {"name": each["name"], "load": each["load"], "capacity": each["capacity"]}
            if each["chosen"] and each["load"] is not None:
                told.append(_("%(name)s: chosen, %(load)s of %(capacity)s points taken") % words)
            elif each["why_not"]:
                told.append(f"{each['name']}: {each['why_not']}")
            elif each["load"] is not None:
                told.append(_("%(name)s: could have taken it, %(load)s of %(capacity)s points taken") % words)
        return Answer("owner", _("Owner"), value, told, at=pick.at, pick=pick)
    if event is not None:
        took = event.actor_id is not None and event.facts.get("to") == event.actor_id
        said = _("They took it themselves.") if took else _("Somebody set it.")
        return Answer("owner", _("Owner"), value, [said], by="" if took else _actor(event), at=event.at)
    return Answer("owner", _("Owner"), value, [_("Nobody has taken it yet, and its team hands out nothing by itself.")])


def _decided(decision: Decision) -> str:
    name = decision.facts.get("name", "")
    match decision.how:
        case Decision.How.RULE:
            return _("The rule “%(name)s” set it.") % {"name": name}
        case Decision.How.MAP:
            return _("Tickets of the category “%(name)s” go there.") % {
                "name": shown("category", decision.facts.get("category"))
            }
        case Decision.How.DEFAULT:
            return _("Its category has no team of its own, so it went to the team for everything else.")
        case Decision.How.SUGGESTION:
            return _("Suggested by %(name)s, %(percent)d %% sure.") % {
                "name": name or _("the assistant"), "percent": round(100 * decision.facts.get("confidence", 0)),
            }  # fmt: skip
    return ""


def _step(kind: str, value: Any, steps: int) -> str:
    by = ngettext("%(n)d step", "%(n)d steps", abs(steps)) % {"n": abs(steps)}
    direction = _("%(steps)s higher") % {"steps": by} if steps > 0 else _("%(steps)s lower") % {"steps": by}
    said = {
        "risk": lambda: _("Risk: %(risk)s") % {"risk": Risk(value).label},
        "value": lambda: _("Value of the service: %(value)s") % {"value": Value(value).label},
        "vip": lambda: _("An important requester or customer"),
        "repeats": lambda: _("The same trouble again (%(times)d earlier tickets)") % {"times": value},
    }
    return f"{said[kind]() if kind in said else kind}: {direction}."


def _answer(rule: Rule, ticket: Ticket, fired: bool) -> RuleAnswer:
    return RuleAnswer(rule, fired, *judged(rule.condition, ticket))


def judged(kept: dict[str, Any], ticket: Ticket) -> tuple[bool, str, str]:
    """Whether a kept condition holds for a ticket; if not, the first part that does not, and what stands there."""
    context = Context(trusted=True)
    try:
        explained = prepare(from_json(kept), catalogue, context).explain(ticket)
    except ConditionError as error:
        return False, error.sentence, ""
    failure = explained.first_failure()
    if failure is None:
        return True, "", ""
    saw = ""
    if isinstance(failure.condition, Test):
        saw = _seen(failure.condition.field, failure.saw or (), context)
    return False, describe(failure.condition, catalogue, context), saw


def _seen(name: str, values: tuple[Any, ...], context: Context) -> str:
    """What a condition saw, with names for ids."""
    if not values:
        return _("nothing")
    field = catalogue.find(name, context)
    if field is not None and field.choices is not None:
        labels = {choice.stored: str(choice.label) for choice in field.choices()}
        return ", ".join(labels.get(value, f"{value}") for value in values)
    if name in {"team", "category", "status", "requester", "owner", "watcher"}:
        noun = "person" if name in {"requester", "owner", "watcher"} else name
        known = names_for([_Facts({"it": noun}, {"it": list(values)})])
        return ", ".join(known.get((noun, value), f"{value}") for value in values)
    if name == "tag":
        return ", ".join(Tag.objects.filter(pk__in=values).values_list("name", flat=True))
    return ", ".join(_plain(value) for value in values)


class _Facts:
    """Looks like an event to those who look up names."""

    def __init__(self, refers_to: dict[str, str], facts: dict[str, Any]) -> None:
        self.kind_class = self
        self.refers_to, self.facts = refers_to, facts


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value}"[:120]


def _actor(event: Event | None) -> str:
    return event.actor.display_name if event is not None and event.actor is not None else ""


def nobody_eligible(ticket: Ticket) -> bool:
    """Whether its team tried to hand it out, nobody could get it, and nobody has it yet."""
    if ticket.owner_id is not None or ticket.team_id is None:
        return False
    return Pick.objects.filter(ticket=ticket, is_alarm=True).exists()


def definitions() -> dict[int, str]:
    """What each priority means here: the organisation's words, or ours."""
    ours = {
        1: _("Everything stands still, or a main service is out for everybody: money is lost by the minute."),
        2: _("A main function is out for many people, or one part of the business cannot work."),
        3: _("Part of something does not work for a limited number of people; there is a way around it."),
        4: _("A small fault for one person, or in something that work does not depend on."),
    }
    return ours | {int(key): text for key, text in PriorityScale.current().definitions.items() if text}
