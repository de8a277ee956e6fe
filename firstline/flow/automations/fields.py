"""The occasions on which an automation is asked, the moments time is counted from, and what may be set about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.core.preferences import Preference, Section, declare, declare_section

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Facts = Mapping[str, Any]


def _always(_facts: Facts) -> bool:
    return True


def _by_the_desk(facts: Facts) -> bool:
    return bool(facts.get("from_desk"))


def _by_the_requester(facts: Facts) -> bool:
    return not facts.get("from_desk")


def _has_gone_well(facts: Facts) -> bool:
    return facts.get("is_satisfied") is True


def _has_gone_badly(facts: Facts) -> bool:
    return facts.get("is_satisfied") is False


@dataclass(frozen=True, slots=True)
class When:
    """Something that happens to a ticket: which events mean it, and what their facts must say."""

    key: str
    label: str | Lazy
    kinds: tuple[str, ...]
    fits: Callable[[Facts], bool] = _always


WHENS: tuple[When, ...] = (
    When("opened", _("It is opened"), ("ticket.opened",)),
    When("requester_replied", _("Its requester, or somebody outside the desk, replies"), ("conversation.replied",),
         _by_the_requester),
    When("desk_replied", _("The desk replies"), ("conversation.replied",), _by_the_desk),
    When("noted", _("An internal note is written"), ("conversation.noted",)),
    When("status", _("Its status changes"), ("ticket.status_changed",)),
    When("reopened", _("It is reopened"), ("ticket.reopened",)),
    When("assigned", _("Its owner changes"), ("ticket.assigned",)),
    When("routed", _("Its team changes"), ("ticket.routed",)),
    When("prioritised", _("Its priority changes"), ("ticket.prioritised",)),
    When("categorised", _("Its category changes"), ("ticket.categorised",)),
    When("edited", _("Another of its facts or its tags change"),
         ("ticket.edited", "ticket.tagged", "ticket.converted")),
    When("approved", _("An approval is answered"), ("ticket.approval_answered", "ticket.approval_ended")),
    When("confirmed", _("Its requester confirms that it is solved"), ("ticket.confirmed",)),
    When("not_confirmed", _("Its requester says that it is not solved"), ("ticket.not_confirmed",)),
    When("satisfied", _("Somebody was satisfied"), ("feedback.given",), _has_gone_well),
    When("dissatisfied", _("Somebody was not satisfied"), ("feedback.given",), _has_gone_badly),
    When("warned", _("A deadline comes near"), ("sla.warned",)),
    When("breached", _("A deadline is missed"), ("sla.breached",)),
    When("escalated", _("It is escalated"), ("ticket.escalated",)),
    When("stood_still", _("It stands still"), ("ticket.stood_still",)),
    When("nobody_eligible", _("Nobody in its team could take it"), ("ticket.nobody_eligible",)),
)  # fmt: skip
BY_KEY = {when.key: when for when in WHENS}
LISTENED = frozenset(kind for when in WHENS for kind in when.kinds)
TIME = "time"


def wakes(whens: frozenset[str], kind: str, facts: Facts) -> str:
    """Which of these occasions an event is; nothing if none."""
    return next((each.key for each in WHENS if each.key in whens and kind in each.kinds and each.fits(facts)), "")


# What time is counted from: a column of the ticket, or one that queries/due.py works out.
MOMENTS: tuple[tuple[str, str | Lazy], ...] = (
    ("status", _("it came into its status")),
    ("desk_replied", _("the desk last wrote")),
    ("requester_replied", _("its requester last wrote")),
    ("created", _("it was opened")),
    ("updated", _("its last change")),
    ("due", _("it is due")),
    ("deadline", _("its next deadline")),
    ("resolved", _("it was solved")),
    ("closed", _("it was closed")),
)
UNITS: tuple[tuple[str, str | Lazy], ...] = (
    ("minutes", _("minutes")),
    ("hours", _("hours")),
    ("days", _("days")),
    ("working_hours", _("working hours")),
    ("working_days", _("working days")),
)
SIDES: tuple[tuple[str, str | Lazy], ...] = (("after", _("after")), ("before", _("before")))

declare_section(
    Section("automations", _("Automations"), help=_("What an hour of work costs, for the figures of automations."))
)
HOUR_COST = declare(
    Preference(
        "automations.hour_cost", int, default=0, lowest=0, highest=100_000, section="automations",
        label=_("What an hour of an agent’s work costs"),
        help=_("In the currency of the approvals. 0: only hours are shown."),
    )
)  # fmt: skip
