"""What may be kept: conditions, deeds, texts, teams; in the form in which they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.conditions import ConditionError, Context, check, from_json, to_json
from firstline.flow.automations.fields import UNITS
from firstline.flow.automations.models import CannedReply
from firstline.flow.automations.queries.deeds import NOBODY, OF_TYPE, ORDER, places
from firstline.people.accounts.models import Person
from firstline.people.notifications.engine.words import unknown
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.edit import check_custom_value
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category, CustomField, Impact, Priority, Status, StatusType, Urgency

LONGEST_TEXT = 20_000


def name_of(text: str) -> str:
    found = " ".join(text.split())[:120]
    if not found:
        raise Refused(_("It needs a name that says what it is for."))
    return found


def condition_of(kept: Any) -> dict[str, Any]:
    try:
        return to_json(check(from_json(kept or {"all": []}), catalogue, Context(trusted=True)))
    except ConditionError as error:
        raise Refused(error.sentence) from None


def teams_of(teams: Iterable[Any]) -> list[int]:
    wanted = list(dict.fromkeys(teams))
    if Team.objects.filter(pk__in=wanted, is_active=True).count() != len(wanted):
        raise Refused(_("One of the teams is not active any more. Choose again."))
    return sorted(wanted)


def must_be_for_own_teams(thing: Any, permission: str, *, by: Any) -> None:
    """Who leads one team may not widen what is theirs to other teams: the changed thing is judged, too."""
    if by is not None and not may(by, permission, thing):
        raise NotAllowed(f"{permission} is not allowed for these teams.")


def text_of(text: Any) -> str:
    """A text with placeholders, of which each is one that somebody fills."""
    found = f"{text or ''}".replace("\r\n", "\n").strip()[:LONGEST_TEXT]
    wrong = unknown(found, places())
    if wrong:
        name, meant = next(iter(wrong.items()))
        known = {"name": f"{{{name}}}", "meant": f"{{{meant}}}"}
        if meant:
            raise Refused(_("There is no placeholder %(name)s. Did you mean %(meant)s?") % known)
        raise Refused(_("There is no placeholder %(name)s.") % known)
    return found


def deeds_of(deeds: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Only what can be done, once each, in the order in which it is done. Empty ones are left out."""
    kept: dict[str, dict[str, Any]] = {}
    for deed in deeds:
        what, value = deed.get("do", ""), deed.get("value")
        if what not in ORDER:
            raise Refused(_("Nobody knows how to do this: %(what)s.") % {"what": what})
        if what != "pick" and value in (None, "", [], {}):
            continue
        kept[what] = {"do": what, "value": _checked(what, value)}
    if not kept:
        raise Refused(_("Choose at least one thing that is done."))
    return sorted(kept.values(), key=lambda deed: ORDER.index(deed["do"]))


def _checked(what: str, value: Any) -> Any:
    match what:
        case "note" | "reply" | "escalate":
            return text_of(value)
        case "notify":
            return {**value, "text": text_of(value.get("text"))}
        case "add_tags" | "remove_tags":
            return list(dict.fromkeys(" ".join(str(tag).lower().split())[:60] for tag in value))[:20]
        case "custom":
            fields = CustomField.objects.filter(key__in=list(value))
            return {field.key: check_custom_value(field, value[field.key]) for field in fields}
        case "due":
            amount = int(value.get("amount") or 0)
            if value.get("unit") not in dict(UNITS) or not 0 < amount <= 10_000:
                raise Refused(_("It is due in a number of minutes, hours or days, from 1 to 10,000."))
            return {"amount": amount, "unit": value["unit"]}
        case "pick":
            return True
    there: dict[str, Callable[[], bool]] = {
        "category": lambda: Category.objects.filter(pk=value, is_active=True).exists(),
        "team": lambda: Team.objects.filter(pk=value, is_active=True).exists(),
        "owner": lambda: value == NOBODY or Person.objects.filter(pk=value, is_active=True).exists(),
        "watch": lambda: Person.objects.filter(pk=value, is_active=True).exists(),
        "status": lambda: (
            value.removeprefix(OF_TYPE) in StatusType.values
            if value.startswith(OF_TYPE)
            else Status.objects.filter(key=value, is_active=True).exists()
        ),
        "answer": lambda: CannedReply.objects.filter(pk=value, is_active=True).exists(),
        "impact": lambda: value in Impact.values,
        "urgency": lambda: value in Urgency.values,
        "priority": lambda: value in Priority.values,
    }
    if not there[what]():
        raise Refused(_("What it sets does not exist any more: %(what)s.") % {"what": what})
    return value
