"""What triage tells."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class NobodyEligible(EventKind):
    """A team hands out work by itself, and nobody could get this."""

    key = "ticket.nobody_eligible"
    noun = "ticket"
    icon = "alert"
    refers_to: ClassVar = {"team": "team"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("found nobody in %(team)s who could take it") % {"team": event.name("team", "team")}


class TicketStoodStill(EventKind):
    """Nothing happened on it for as long as the organisation allows. Facts: {"hours": 72, "since": …}."""

    key = "ticket.stood_still"
    noun = "ticket"
    icon = "clock"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        hours = event.facts.get("hours", 0)
        days = hours // 24
        if days and hours % 24 == 0:
            return ngettext(
                "pointed out that nothing has happened here for %(n)d day",
                "pointed out that nothing has happened here for %(n)d days",
                days,
            ) % {"n": days}
        return ngettext(
            "pointed out that nothing has happened here for %(n)d hour",
            "pointed out that nothing has happened here for %(n)d hours",
            hours,
        ) % {"n": hours}


class TriageSettingChanged(EventKind):
    """A rule, the matrix or the way work is handed out was changed. Facts: {"what": …, "name": …, "how": …}."""

    key = "triage_setting.changed"
    noun = "triage_setting"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {
            "rule": _("changed the triage rule “%(name)s”"),
            "removed": _("removed the triage rule “%(name)s”"),
            "order": _("changed the order of the triage rules"),
            "scale": _("changed how priorities are weighed"),
            "routing": _("changed how %(name)s hands out work"),
            "map": _("changed which team gets which category"),
        }
        return words.get(event.facts.get("what", ""), "%(name)s") % {"name": event.facts.get("name", "")}
