"""What a stage asks for: of whom, how many of them, and what happens if nobody answers.

A plan is what rules, workflows and people write down before anybody is asked. It is kept as JSON with the stage it has
become, so that a rule that changes later changes nothing that is under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Quorum(StrEnum):
    """How many of those who are asked have to say yes."""

    ANY = "any"
    ALL = "all"
    NUMBER = "number"
    SHARE = "share"  # per cent of those who are asked


class Expiry(StrEnum):
    """What happens when the time of a stage is over."""

    REFUSE = "refuse"
    GRANT = "grant"
    ESCALATE = "escalate"  # somebody else is asked; their word alone decides
    STAY = "stay"  # it stays open, and people are reminded


class Who(StrEnum):
    """Whom a stage asks."""

    PERSON = "person"
    ROLE = "role"
    TEAM = "team"
    LEADS = "leads"  # those who lead a team
    MANAGER = "manager"  # the requester's
    HEAD = "head"  # of a department: the requester's, or the one that is named
    OWNER = "owner"  # whoever owns what is asked for: of the category, or of one above it


NEEDS_A_KEY = {Who.PERSON, Who.ROLE, Who.TEAM, Who.LEADS}
MOST_STAGES, MOST_WHO, LONGEST_HOURS, MOST_NUMBER = 12, 12, 24 * 366, 200


class PlanWrong(ValueError):
    """A plan that cannot be carried out; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """One way to name approvers. `key`: the person, team or department by number, or the name of a role."""

    who: Who
    key: int | str | None = None

    def __post_init__(self) -> None:
        if self.who in NEEDS_A_KEY and self.key in (None, ""):
            raise PlanWrong("whom")


@dataclass(frozen=True, slots=True)
class Plan:
    """One stage as it is planned. `step`: stages with the same number are asked side by side, lower ones first."""

    who: tuple[Asked, ...]
    name: str = ""
    step: int = 1
    quorum: Quorum = Quorum.ANY
    number: int = 1  # how many, or how many per cent; of no meaning for any and all
    has_veto: bool = True  # one refusal is enough
    cost_over: int | None = None  # asked only if it costs more, or nobody knows what it costs
    condition: str = ""  # asked only of tickets it fits, in the house's condition language
    hours: int = 0  # of working time until it expires; 0: never
    remind_hours: int = 0  # 0: nobody is reminded
    on_expiry: Expiry = Expiry.REFUSE
    fallback: tuple[Asked, ...] = ()  # asked if there is nobody else
    escalate_to: tuple[Asked, ...] = ()
    is_meeting: bool = False  # stands on the agenda of the next meeting

    def __post_init__(self) -> None:
        if not self.who or len(self.who) > MOST_WHO:
            raise PlanWrong("whom")
        if self.quorum is Quorum.NUMBER and not 1 <= self.number <= MOST_NUMBER:
            raise PlanWrong("number")
        if self.quorum is Quorum.SHARE and not 1 <= self.number <= 100:
            raise PlanWrong("share")
        if not (0 <= self.hours <= LONGEST_HOURS and 0 <= self.remind_hours <= LONGEST_HOURS):
            raise PlanWrong("hours")
        if self.on_expiry is Expiry.ESCALATE and not self.escalate_to:
            raise PlanWrong("escalate")
        if self.cost_over is not None and self.cost_over < 0:
            raise PlanWrong("cost")
        if not 1 <= self.step <= MOST_STAGES:
            raise PlanWrong("step")


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as it is kept; what is as usual is left out."""
    usual = {field.name: field.default for field in fields(Plan)}
    kept = {}
    for name, value in asdict(plan).items():
        if getattr(plan, name) == usual[name]:
            continue
        kept[name] = [_asked_as_json(each) for each in getattr(plan, name)] if isinstance(value, tuple) else value
    return kept


def from_json(kept: Mapping[str, Any]) -> Plan:
    """The plan that was kept, or that a caller has written; PlanWrong for what is none."""
    try:
        known = {name: kept[name] for name in (field.name for field in fields(Plan)) if name in kept}
        if set(kept) - set(known):
            raise PlanWrong("unknown")
        for name in ("who", "fallback", "escalate_to"):
            if name in known:
                known[name] = tuple(Asked(Who(each["who"]), each.get("key")) for each in known[name])
        if "quorum" in known:
            known["quorum"] = Quorum(known["quorum"])
        if "on_expiry" in known:
            known["on_expiry"] = Expiry(known["on_expiry"])
        for name in ("step", "number", "hours", "remind_hours"):
            if name in known and (isinstance(known[name], bool) or not isinstance(known[name], int)):
                raise PlanWrong("number")
        return Plan(**known)
    except PlanWrong:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise PlanWrong("unknown") from error


def _asked_as_json(asked: Asked) -> dict[str, Any]:
    return {"who": asked.who.value} | ({"key": asked.key} if asked.key is not None else {})
