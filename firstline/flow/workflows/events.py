"""What happens around workflows. What is about a ticket stands in its history; facts are ids and values."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class OnTicket(EventKind):
    noun = "ticket"
    icon = "flow"


class RunStarted(OnTicket):
    """Facts: run, name, version."""

    key = "ticket.workflow_started"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("started the workflow “%(name)s”") % {"name": event.facts.get("name", "")}


class RunNotStarted(OnTicket):
    """A form asked for a workflow that could not begin. Facts: name, why."""

    key = "ticket.workflow_not_started"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", ""), "why": event.facts.get("why", "")}
        return _("could not start the workflow “%(name)s”: %(why)s") % words


class StepAnswered(OnTicket):
    """Facts: run, number, title, outcome, remark."""

    key = "ticket.workflow_answered"
    icon = "check"
    personal = ("remark",)

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        words = {"what": facts.get("title", ""), "outcome": facts.get("outcome", "")}
        said = (
            _("did the task “%(what)s”") % words
            if words["outcome"] in ("", "done")
            else _("answered the task “%(what)s” with “%(outcome)s”") % words
        )
        return f"{said}: “{facts['remark']}”" if facts.get("remark") else said


class PartyAnswered(OnTicket):
    """One of several who are asked has answered; others are still waited for.
    Facts: run, number, title, outcome, remark, answered, asked."""

    key = "ticket.workflow_party_answered"
    icon = "check"
    personal = ("remark",)

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        words = {"what": facts.get("title", ""), "answered": facts.get("answered"), "asked": facts.get("asked")}
        said = _("answered “%(what)s” (%(answered)s of %(asked)s)") % words
        return f"{said}: “{facts['remark']}”" if facts.get("remark") else said


class Invited(OnTicket):
    """A run writes to people with an appointment or files. Facts: run, number, kind (request, cancel, letter),
    invitations, people, title, text, files; each invitation is mailed to its person."""

    key = "ticket.workflow_invited"
    icon = "calendar"
    personal = ("title", "text")
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"people": event.name("person", "people"), "what": event.facts.get("title", "")}
        if event.facts.get("kind") == "cancel":
            return _("called off for %(people)s: “%(what)s”") % words
        if event.facts.get("kind") == "letter":
            return _("wrote to %(people)s: “%(what)s”") % words
        return _("invited %(people)s: “%(what)s”") % words


class PeopleTold(OnTicket):
    """A step of a workflow tells people something. Facts: run, number, subject, text, people; named: those whom a
    field of the run named, who are told even if the ticket is none of theirs."""

    key = "ticket.workflow_told"
    icon = "bell"
    personal = ("subject", "text")
    refers_to: ClassVar = {"people": "person", "named": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"people": event.name("person", "people"), "what": event.facts.get("subject", "")}
        return _("told %(people)s: “%(what)s”") % words


class StepReminded(OnTicket):
    """Facts: run, number, title, people, is_escalation."""

    key = "ticket.workflow_reminded"
    icon = "bell"
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"people": event.name("person", "people"), "what": event.facts.get("title", "")}
        if event.facts.get("is_escalation"):
            return _("told %(people)s that “%(what)s” takes too long") % words
        return _("reminded %(people)s of “%(what)s”") % words


class CallDue(OnTicket):
    """Another system is to be asked, by a worker after the commit. Facts: run, number, title."""

    key = "ticket.workflow_call"
    icon = "link"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("asks another system: “%(what)s”") % {"what": event.facts.get("title", "")}


class RunStuck(OnTicket):
    """Facts: run, number, title, why."""

    key = "ticket.workflow_stuck"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"what": event.facts.get("title", ""), "why": event.facts.get("why", "")}
        return _("stands still at “%(what)s” until somebody repairs it: %(why)s") % words


class StepRepaired(OnTicket):
    """Facts: run, number, title, how (retried, skipped), reason."""

    key = "ticket.workflow_repaired"
    icon = "refresh"
    personal = ("reason",)

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"what": event.facts.get("title", ""), "reason": event.facts.get("reason", "")}
        if event.facts.get("how") == "skipped":
            return _("skipped the step “%(what)s”: “%(reason)s”") % words
        return _("tried the step “%(what)s” again") % words


class RunEnded(OnTicket):
    """Facts: run, name, how, outcome, reason."""

    key = "ticket.workflow_ended"
    icon = "check-circle"
    personal = ("reason",)

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        words = {"name": facts.get("name", ""), "outcome": facts.get("outcome", ""), "reason": facts.get("reason", "")}
        if facts.get("how") == "done":
            if words["outcome"] in ("", "done"):
                return _("the workflow “%(name)s” has ended") % words
            return _("the workflow “%(name)s” has ended: %(outcome)s") % words
        if words["reason"]:
            return _("called the workflow “%(name)s” off: “%(reason)s”") % words
        return _("called the workflow “%(name)s” off") % words


class ChangeAssessed(OnTicket):
    """Facts: score, risk."""

    key = "ticket.change_assessed"
    icon = "chart"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("assessed the change: %(score)s of 100") % {"score": event.facts.get("score", "")}


class PlanTicked(OnTicket):
    """A step of a plan. Facts: run, number, place, what, how (began, ended, left_out, undone), reason."""

    key = "ticket.plan_ticked"
    icon = "check"
    personal = ("what", "reason")

    @classmethod
    def describe(cls, event: Event) -> str:
        facts = event.facts
        words = {"what": facts.get("what", ""), "reason": facts.get("reason", "")}
        said = {
            "began": _("began “%(what)s”"), "ended": _("finished “%(what)s”"), "undone": _("took back “%(what)s”"),
            "left_out": _("left out “%(what)s”: “%(reason)s”"),
        }  # fmt: skip
        return said.get(facts.get("how", ""), said["ended"]) % words


class AboutWorkflow(EventKind):
    noun = "workflow"
    icon = "edit"


class DraftSaved(AboutWorkflow):
    """Facts: version."""

    key = "workflow.saved"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("saved a draft of version %(number)s") % {"number": event.facts.get("version", "")}


class VersionPublished(AboutWorkflow):
    """Facts: version."""

    key = "workflow.published"
    icon = "check-circle"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("published version %(number)s") % {"number": event.facts.get("version", "")}


class WorkflowRetired(AboutWorkflow):
    """Facts: version."""

    key = "workflow.retired"
    icon = "close"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took it out of use")


class RunMoved(OnTicket):
    """A run goes on by another version. Facts: run, name, from, to."""

    key = "ticket.workflow_moved"
    icon = "refresh"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", ""), "number": event.facts.get("to", "")}
        return _("lets the workflow “%(name)s” go on by version %(number)s") % words


class WorkflowLookedAfter(EventKind):
    """Facts: owner, review_on, target."""

    key = "workflow.looked_after"
    noun = "workflow"
    icon = "person"
    refers_to: ClassVar = {"owner": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"person": event.name("person", "owner"), "day": event.facts.get("review_on", "")}
        return _("gave the workflow to %(person)s, to be looked at again on %(day)s") % words


class ReviewDue(EventKind):
    """Facts: on."""

    key = "workflow.review_due"
    noun = "workflow"
    icon = "calendar"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("pointed out that the workflow should be looked at again")


class AboutSystem(EventKind):
    noun = "workflow_system"
    icon = "plug"


class SystemChanged(AboutSystem):
    """Facts: address, has_new_secret."""

    key = "workflow_system.saved"

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("has_new_secret"):
            return _("saved how the system is reached, with a new secret")
        return _("saved how the system is reached")


class SystemCheckAsked(AboutSystem):
    key = "workflow_system.check_asked"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("tried whether the system answers")


class SystemAsked(AboutSystem):
    """Its secret was opened to ask it for something. Facts: operation, run, number, how."""

    key = "workflow_system.asked"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"operation": event.facts.get("operation", ""), "how": event.facts.get("how", "")}
        return _("a workflow asked it for “%(operation)s”: %(how)s") % words


class OnceWasRead(EventKind):
    key = "workflow_once.read"
    noun = "workflow_once"
    icon = "key"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("read what may be read once")
