"""When, if, do: in sentences. And why something was set off on a ticket, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.events.models import Event
from firstline.flow.automations.fields import BY_KEY, MOMENTS, SIDES, TIME, UNITS
from firstline.flow.automations.models import Automation, Firing, Version
from firstline.flow.triage.queries.explaining import condition_in_words, judged
from firstline.people.teams.models import Team
from firstline.work.tickets.fields import words_read_once
from firstline.work.tickets.models import CustomField, Ticket

from .book import in_use
from .deeds import change_in_words, in_words
from .due import CUSTOM

MOST_ON_A_TICKET = 50


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing, in words."""

    firing: Firing
    when: str
    by: str  # who did what set it off
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One automation in use, and what keeps it from doing something to a ticket as it is now."""

    automation: Automation
    fired: int
    whens: list[str]
    holds: bool
    failed: str = ""
    saw: str = ""


def whens_in_words(version: Version) -> list[str]:
    said = [str(BY_KEY[key].label) for key in version.whens if key in BY_KEY]
    return [*said, time_in_words(version.time)] if TIME in version.whens else said


def when_in_words(key: str, version: Version | None = None) -> str:
    if key == TIME:
        return time_in_words(version.time) if version is not None else _("Time has passed")
    return str(BY_KEY[key].label) if key in BY_KEY else key


def time_in_words(time: dict[str, Any]) -> str:
    of = str(time.get("of", ""))
    moment = str(dict(MOMENTS).get(of, ""))
    if of.startswith(CUSTOM):
        moment = CustomField.objects.filter(key=of.removeprefix(CUSTOM)).values_list("label", flat=True).first() or of
    return _("%(amount)s %(unit)s %(side)s %(moment)s") % {
        "amount": time.get("amount", 0), "unit": dict(UNITS).get(str(time.get("unit")), ""),
        "side": dict(SIDES).get(str(time.get("side")), ""), "moment": moment,
    }  # fmt: skip


def condition_of(version: Version) -> str:
    return condition_in_words(version.condition) if version.condition else _("always")


def deeds_of(version: Version) -> list[str]:
    return in_words(version.deeds)


def teams_in_words(teams: list[int]) -> str:
    if not teams:
        return _("All teams")
    return ", ".join(Team.objects.filter(pk__in=teams).order_by("name").values_list("name", flat=True))


def fired_on(ticket: Ticket) -> list[Fired]:
    """What was set off on a ticket, the latest first."""
    rows = Firing.objects.filter(ticket=ticket).select_related("automation", "version").order_by("-id")
    return told(list(rows[:MOST_ON_A_TICKET]))


def told(firings: list[Firing]) -> list[Fired]:
    events = {
        event.pk: event
        for event in Event.objects.filter(pk__in=[each.event for each in firings if each.event]).select_related("actor")
    }
    words: dict[str, tuple[str, str, str]] = {}

    def said(change: Any) -> tuple[str, str, str]:
        key = repr(change)
        if key not in words:
            words[key] = change_in_words(change)
        return words[key]

    return [
        Fired(
            each,
            when_in_words(each.when, each.version),
            _who(events.get(each.event or 0)),
            [said(change) for change in each.did],
        )
        for each in firings
    ]


def why_not(ticket: Ticket) -> list[WhyNot]:
    """Every automation in use, in order: how often it was set off here, and what keeps it from it now."""
    counted: dict[int, int] = {}
    for number in Firing.objects.filter(ticket=ticket, outcome="done").values_list("automation", flat=True):
        counted[number] = counted.get(number, 0) + 1
    with words_read_once():
        return [_answer(each, ticket, counted.get(each.pk, 0)) for each in in_use()]


def _answer(automation: Automation, ticket: Ticket, fired: int) -> WhyNot:
    version = automation.live
    if version is None:
        raise ValueError(f"{automation} has nothing published.")
    whens = whens_in_words(version)
    if not automation.is_for(ticket.team_id):
        failed = _("it is for the teams: %(teams)s") % {"teams": teams_in_words(automation.teams)}
        return WhyNot(automation, fired, whens, False, failed, ticket.team.name if ticket.team else _("nothing"))
    return WhyNot(automation, fired, whens, *judged(version.condition, ticket))


def _who(event: Event | None) -> str:
    if event is None:
        return ""
    return event.actor.display_name if event.actor is not None else _("Firstline")
