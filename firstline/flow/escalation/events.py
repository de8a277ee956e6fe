"""What happens around escalations. Facts are ids and values; the sentence is made when somebody reads it."""

from __future__ import annotations

from typing import ClassVar

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event

from .models import reason_in_words


class OnTicket(EventKind):
    noun = "ticket"


class TicketEscalated(OnTicket):
    """Facts: escalation, step, level (its name), team, person, vendor (name), way, reason, because."""

    key = "ticket.escalated"
    icon = "arrow-up"
    personal = ("reason",)
    refers_to: ClassVar = {"team": "team", "person": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        whom = (
            facts.get("vendor")
            or (event.name("person", "person") if facts.get("person") else "")
            or (event.name("team", "team") if facts.get("team") else "")
        )
        words = {"whom": whom, "level": facts.get("level") or "", "why": reason_in_words(facts.get("because") or {})}
        if words["why"]:
            return (
                _("asked %(whom)s (%(level)s), because %(why)s") % words
                if words["level"]
                else _("asked %(whom)s, because %(why)s") % words
            )
        words["why"] = facts.get("reason", "")
        return _("escalated it to %(whom)s: “%(why)s”") % words


class EscalationAccepted(OnTicket):
    key = "ticket.escalation_accepted"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took the escalation on")


class EscalationEnded(OnTicket):
    """Facts: escalation, outcome, first_level_could."""

    key = "ticket.escalation_ended"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return {
            "solved": _("noted that the escalation helped to solve it"),
            "returned": _("returned it to the first level"),
            "unneeded": _("noted that the escalation was not needed"),
            "further": _("passed the escalation further up"),
        }.get(event.facts.get("outcome", ""), _("ended the escalation"))


class NobodyToEscalateTo(OnTicket):
    """Facts: level (name). The alarm that a level has nobody in it."""

    key = "ticket.nobody_to_escalate_to"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("found nobody to ask at the level %(level)s") % {"level": event.facts.get("level", "")}


class VendorAnswered(OnTicket):
    """Facts: escalation, vendor (name)."""

    key = "ticket.vendor_answered"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noted that %(vendor)s has answered") % {"vendor": event.facts.get("vendor", "")}


class VendorReferenced(OnTicket):
    """Facts: escalation, vendor (name), reference."""

    key = "ticket.vendor_referenced"
    icon = "link"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noted the number %(reference)s at %(vendor)s") % {
            "reference": event.facts.get("reference", ""),
            "vendor": event.facts.get("vendor", ""),
        }


class ObstacleFlagged(OnTicket):
    """Facts: reason."""

    key = "ticket.obstacle_flagged"
    icon = "warning"
    personal = ("reason",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("said what is in the way: “%(reason)s”") % {"reason": event.facts.get("reason", "")}


class ObstacleCleared(OnTicket):
    key = "ticket.obstacle_cleared"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("cleared what was in the way")


class TicketChased(OnTicket):
    """The requester asks for somebody higher up. Facts: words."""

    key = "ticket.chased"
    icon = "arrow-up"
    audience = Audience.EVERYBODY
    personal = ("words",)

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("words"):
            return _("asked to have it looked at higher up: “%(words)s”") % {"words": event.facts["words"]}
        return _("asked to have it looked at higher up")


class NewsTold(OnTicket):
    """Facts: news, late_seconds, expected_at."""

    key = "ticket.news_told"
    icon = "bell"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        expected = parse_datetime(event.facts.get("expected_at") or "")
        if expected is None:
            return _("told everybody concerned how it stands")
        return _("told everybody concerned how it stands; expected to be solved by %(moment)s") % {
            "moment": formats.date_format(timezone.localtime(expected), "SHORT_DATETIME_FORMAT")
        }


class NewsLate(OnTicket):
    """The promised news did not come. Facts: due_at."""

    key = "ticket.news_late"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noticed that the promised news is late")


class MajorDeclared(OnTicket):
    """Facts: coordinator."""

    key = "ticket.major_declared"
    icon = "alert"
    refers_to: ClassVar = {"coordinator": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("coordinator"):
            return _("declared it a major incident; %(person)s coordinates") % {
                "person": event.name("person", "coordinator")
            }
        return _("declared it a major incident")


class MajorChanged(OnTicket):
    """Facts: fields, the names of what changed."""

    key = "ticket.major_changed"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed what is said about the major incident")


class MajorEnded(OnTicket):
    key = "ticket.major_ended"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("declared the major incident over")


class MajorReported(OnTicket):
    key = "ticket.major_reported"
    icon = "file"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("finished the report on the major incident")


class HandedOver(EventKind):
    """About the team that receives. Facts: hand_over, from, tickets."""

    key = "team.handed_over"
    noun = "team"
    icon = "team"
    refers_to: ClassVar = {"from": "team"}

    @classmethod
    def describe(cls, event: Event) -> str:
        many = len(event.facts.get("tickets", []))
        return ngettext(
            "handed %(count)s ticket over from %(team)s", "handed %(count)s tickets over from %(team)s", many
        ) % {"count": many, "team": event.name("team", "from")}


class RelayChanged(EventKind):
    """About the team that hands over. Facts: to (a team, or nothing)."""

    key = "team.relay_changed"
    noun = "team"
    icon = "edit"
    refers_to: ClassVar = {"to": "team"}

    @classmethod
    def describe(cls, event: Event) -> str:
        if not event.facts.get("to"):
            return _("keeps its work when its shift ends")
        return _("hands over to %(team)s when its shift ends") % {"team": event.name("team", "to")}


class HandOverAccepted(EventKind):
    """Facts: hand_over."""

    key = "team.hand_over_accepted"
    noun = "team"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("accepted the hand-over")


class HandOverLate(EventKind):
    """Nobody accepted in time. Facts: hand_over."""

    key = "team.hand_over_late"
    noun = "team"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noticed that nobody has accepted the hand-over")


class PathSaved(EventKind):
    """Facts: fields, the names of what changed; empty for a new one."""

    key = "escalation.path_saved"
    noun = "escalation_path"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the escalation path") if event.facts.get("fields") else _("added the escalation path")


class ProtocolSaved(EventKind):
    key = "escalation.protocol_saved"
    noun = "protocol"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed how often news is promised")


class VendorSaved(EventKind):
    key = "escalation.vendor_saved"
    noun = "vendor"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed a supplier")
