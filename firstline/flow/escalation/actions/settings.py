"""What an admin arranges: paths with their levels, suppliers, how often news is promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.conditions import check, from_json
from firstline.core.events.record import record
from firstline.core.fields import ConditionError, Context
from firstline.flow.escalation.engine.due import REASONS
from firstline.flow.escalation.events import PathSaved, ProtocolSaved, VendorSaved
from firstline.flow.escalation.models import Level, Path, Protocol, Vendor
from firstline.work.tickets.fields import catalogue

MOST_LEVELS = 9
LONGEST_MINUTES = 60 * 24 * 365


@action("escalation.save_path", permission="escalation.settings")
def save_path(
    path: Path | None,
    name: str,
    *,
    purpose: str = "",
    condition: dict[str, Any] | None = None,
    position: int | None = None,
    is_active: bool = True,
    by: Any,
) -> Path:
    """Add a path, or change its name, place, condition and use."""
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused(_("A path needs a name."))
    if Path.objects.filter(name=name).exclude(pk=path.pk if path else 0).exists():
        raise Refused(_("There is another path called %(name)s.") % {"name": name})
    if condition is not None:
        try:
            check(from_json(condition), catalogue, Context(trusted=True))
        except ConditionError as trouble:
            raise Refused(str(trouble)) from trouble
    is_new = path is None
    path = path or Path(position=Path.objects.count())
    path.name, path.purpose, path.condition, path.is_active = name, purpose.strip()[:300], condition, is_active
    if position is not None:
        path.position = position
    path.save()
    record(path, PathSaved, by=by, fields=[] if is_new else ["path"])
    return path


@action("escalation.save_level", permission="escalation.settings")
def save_level(
    path: Path,
    level: Level | None,
    name: str,
    *,
    who: str,
    team: Any = None,
    person: Any = None,
    vendor: Vendor | None = None,
    way: str = Level.Way.JOIN,
    when: Sequence[dict[str, Any]] = (),
    asks_for: Sequence[str] = (),
    by: Any,
) -> Level:
    """Add a level at the end of a path, or change one."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused(_("A level needs a name."))
    who = Level.Who(who)
    needs = {"team": team, "on_call": team, "person": person, "vendor": vendor}
    if who in needs and needs[who] is None:
        raise Refused(_("Say whom this level asks."))
    if level is None:
        if path.levels.count() >= MOST_LEVELS:
            raise Refused(_("A path has at most %(count)s levels.") % {"count": MOST_LEVELS})
        last = path.levels.order_by("-position").first()
        level = Level(path=path, position=last.position + 1 if last else 0)
    level.name, level.who, level.way = name, who, Level.Way(way)
    level.team = team if who in {Level.Who.TEAM, Level.Who.ON_CALL} else None
    level.person = person if who == Level.Who.PERSON else None
    level.vendor = vendor if who == Level.Who.VENDOR else None
    level.when = [_trigger(each) for each in when]
    level.asks_for = [line[:120] for each in asks_for if (line := " ".join(each.split()))][:8]
    level.save()
    record(path, PathSaved, by=by, fields=["levels"])
    return level


@action("escalation.remove_level", permission="escalation.settings")
def remove_level(path: Path, level: Level, *, by: Any) -> None:
    """Take a level out of its path. What it was asked before stays on the tickets."""
    if level.path_id != path.pk:
        raise Refused(_("This is a level of another path."))
    level.delete()
    record(path, PathSaved, by=by, fields=["levels"])


@action("escalation.save_vendor", permission="escalation.settings")
def save_vendor(vendor: Vendor | None, name: str, *, by: Any, **facts: Any) -> Vendor:
    """Add a supplier or change one: contact, email, phone, note, answer_minutes, is_active."""
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused(_("A supplier needs a name."))
    if Vendor.objects.filter(name=name).exclude(pk=vendor.pk if vendor else 0).exists():
        raise Refused(_("There is another supplier called %(name)s.") % {"name": name})
    vendor = vendor or Vendor()
    vendor.name = name
    for field in ("contact", "email", "phone", "note", "answer_minutes", "is_active"):
        if field in facts:
            setattr(vendor, field, facts[field])
    if vendor.answer_minutes is not None and not 0 < vendor.answer_minutes <= LONGEST_MINUTES:
        raise Refused(_("The time must lie between one minute and one year."))
    vendor.save()
    record(vendor, VendorSaved, by=by, fields=sorted(facts))
    return vendor


@action("escalation.save_protocol", permission="escalation.settings")
def save_protocol(
    priority: int,
    *,
    every_minutes: int,
    first_minutes: int,
    tell: Sequence[str] = (Protocol.Tell.REQUESTER,),
    asks_next: bool = True,
    asks_expected: bool = True,
    is_active: bool = True,
    by: Any,
) -> Protocol:
    """Say how often news is promised for tickets of a priority, to whom, and what it says."""
    if not (0 < every_minutes <= LONGEST_MINUTES and 0 < first_minutes <= LONGEST_MINUTES):
        raise Refused(_("The time must lie between one minute and one year."))
    made, _is_new = Protocol.objects.update_or_create(
        priority=priority,
        defaults={
            "every_minutes": every_minutes, "first_minutes": first_minutes,
            "tell": [Protocol.Tell(each).value for each in tell], "asks_next": asks_next,
            "asks_expected": asks_expected, "is_active": is_active,
        },
    )  # fmt: skip
    record(made, ProtocolSaved, by=by, priority=priority)
    return made


def _trigger(said: dict[str, Any]) -> dict[str, Any]:
    """Only what the engine knows, with a number it can count with."""
    when = str(said.get("when"))
    if when not in REASONS:
        raise Refused(_("Nothing starts a level by “%(when)s”.") % {"when": when})
    number = REASONS[when]
    if not number:
        return {"when": when}
    value = said.get(number)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LONGEST_MINUTES:
        raise Refused(_("Say how much, as a whole number from 1 on."))
    kept: dict[str, Any] = {"when": when, number: value}
    if when == "clock":
        kept["target"] = said.get("target") if said.get("target") in {"response", "resolution"} else "resolution"
    return kept
