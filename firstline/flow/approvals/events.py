"""What happens around approvals. What is about a ticket stands in its history; facts are ids and values."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class OnTicket(EventKind):
    noun = "ticket"
    audience = Audience.EVERYBODY


class ApprovalAsked(OnTicket):
    """A stage asks people. Facts: approval, stage, name, people."""

    key = "ticket.approval_asked"
    icon = "help"
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"people": event.name("person", "people"), "what": event.facts.get("title", "")}
        return _("asked %(people)s to approve “%(what)s”") % words


class ApproverPassedOver(OnTicket):
    """Facts: approval, stage, person, because: own (their own request), left (deactivated)."""

    key = "ticket.approver_passed_over"
    icon = "person"
    refers_to: ClassVar = {"person": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"person": event.name("person", "person")}
        if event.facts.get("because") == "own":
            return _("did not ask %(person)s, because nobody approves their own request") % words
        return _("did not ask %(person)s, who is not here any more") % words


class ApprovalStuck(OnTicket):
    """Nobody, or too few, can be asked. Facts: approval, stage."""

    key = "ticket.approval_stuck"
    icon = "warning"
    audience = Audience.DESK

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("found nobody who could approve “%(what)s”: somebody has to name an approver") % {
            "what": event.facts.get("title", "")
        }


class ApprovalVoted(OnTicket):
    """Facts: approval, stage, seat, grants, comment, for: in whose place."""

    key = "ticket.approval_voted"
    icon = "check"
    personal = ("comment",)
    refers_to: ClassVar = {"for": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        words = {"comment": facts.get("comment") or "", "person": event.name("person", "for") if facts["for"] else ""}
        if facts["grants"]:
            said = _("approved it for %(person)s") % words if words["person"] else _("approved it")
        else:
            said = _("refused it for %(person)s") % words if words["person"] else _("refused it")
        return f"{said}: “{words['comment']}”" if words["comment"] else said


class ApprovalMoreAsked(OnTicket):
    """Facts: approval, words."""

    key = "ticket.approval_more_asked"
    icon = "help"
    personal = ("words",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("wants to know more before deciding: “%(words)s”") % {"words": event.facts.get("words", "")}


class ApprovalAnswered(OnTicket):
    """Facts: approval, words; without words nobody answered in time."""

    key = "ticket.approval_answered"
    icon = "chat"
    personal = ("words",)

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("words"):
            return _("answered the approver: “%(words)s”") % {"words": event.facts["words"]}
        return _("went on without an answer to the approver’s question")


class ApproverChanged(OnTicket):
    """Facts: approval, stage, seat, from, to, because: delegated, stand_in, back, named, escalated."""

    key = "ticket.approver_changed"
    icon = "convert"
    refers_to: ClassVar = {"from": "person", "to": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        words = {
            "old": event.name("person", "from") if facts.get("from") else "",
            "new": event.name("person", "to"),
        }
        match facts.get("because"):
            case "named":
                return _("named %(new)s as approver") % words
            case "escalated":
                return _("asked %(new)s to decide, because the time was over") % words
            case "back":
                return _("gave the decision back to %(new)s") % words
            case "stand_in":
                return _("passed the decision to %(new)s, who stands in for %(old)s") % words
        return _("passed the decision from %(old)s to %(new)s") % words


class ApprovalReminded(OnTicket):
    """Facts: approval, stage, people."""

    key = "ticket.approval_reminded"
    icon = "bell"
    audience = Audience.DESK
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("reminded %(people)s that the approval waits for them") % {"people": event.name("person", "people")}


class ApprovalEnded(OnTicket):
    """Facts: approval, title, outcome, how, rule, until, signed_by (of what was approved beforehand)."""

    key = "ticket.approval_ended"
    icon = "check-circle"
    refers_to: ClassVar = {"signed_by": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"what": event.facts.get("title", ""), "rule": event.facts.get("rule", "")}
        outcome, how = event.facts.get("outcome"), event.facts.get("how")
        if outcome == "granted" and how == "before":
            words["person"] = event.name("person", "signed_by")
            return _("approved “%(what)s” by itself: %(person)s had signed the rule “%(rule)s” off beforehand") % words
        if outcome == "granted" and how == "conditions":
            return _("approved “%(what)s” by itself: no stage had to ask anybody") % words
        if outcome == "granted" and how == "time":
            return _("approved “%(what)s”, because nobody objected in time") % words
        return {
            "granted": _("approved: “%(what)s”"),
            "refused": _("refused: “%(what)s”"),
            "expired": _("did not approve “%(what)s”: nobody answered in time"),
            "withdrawn": _("withdrew the approval of “%(what)s”"),
        }[str(outcome)] % words


class ApprovalDecided(EventKind):
    """For whoever asked: rules, workflows. Facts: ticket, outcome, how, caller, reference."""

    key = "approval.decided"
    noun = "approval"
    icon = "check-circle"

    @classmethod
    def describe(cls, event: Event) -> str:
        return {
            "granted": _("approved it"),
            "refused": _("refused it"),
            "expired": _("let it expire"),
            "withdrawn": _("withdrew it"),
        }[event.facts["outcome"]]


class ApprovalRuleSaved(EventKind):
    """Facts: name, fields."""

    key = "approval_rule.saved"
    noun = "approval_rule"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the approval rule “%(name)s”") % {"name": event.facts.get("name", "")}


class ApprovalRuleSigned(EventKind):
    """Facts: name, up_to, until; no until: taken back."""

    key = "approval_rule.signed"
    noun = "approval_rule"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", ""), "until": event.facts.get("until")}
        if not words["until"]:
            return _("took back that “%(name)s” is approved beforehand") % words
        return _("signed off that “%(name)s” is approved beforehand until %(until)s") % words


class CategoryOwnerSet(EventKind):
    """Facts: owner."""

    key = "category.owner_set"
    noun = "category"
    icon = "person"
    refers_to: ClassVar = {"owner": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("owner"):
            return _("made %(person)s the owner of the category") % {"person": event.name("person", "owner")}
        return _("took the owner from the category")


class StandInSaved(EventKind):
    """About the person. Facts: to, first_day, last_day, is_over."""

    key = "person.approval_stand_in"
    noun = "person"
    icon = "calendar"
    personal = ("first_day", "last_day")
    refers_to: ClassVar = {"to": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"person": event.name("person", "to")}
        if event.facts.get("is_over"):
            return _("decides approvals again, and no longer %(person)s") % words
        return _("lets %(person)s decide approvals in their place") % words


class MeetingChanged(EventKind):
    """Facts: name, decided (how many), is_held."""

    key = "approval_meeting.changed"
    noun = "approval_meeting"
    icon = "team"

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("is_held"):
            many = event.facts.get("decided", 0)
            return ngettext(
                "held the meeting “%(name)s” with %(count)s decision",
                "held the meeting “%(name)s” with %(count)s decisions",
                many,
            ) % {"name": event.facts["name"], "count": many}
        return _("planned the meeting “%(name)s”") % {"name": event.facts["name"]}
