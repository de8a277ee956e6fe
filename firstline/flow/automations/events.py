"""What automations, macros and canned replies tell."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class AutomationFired(EventKind):
    """Facts: {"automation": id, "name": …, "firing": id}."""

    key = "ticket.automation_fired"
    noun = "ticket"
    icon = "bolt"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("ran the automation “%(name)s”") % {"name": event.facts.get("name", "")}


class AutomationFailed(EventKind):
    """What it did was taken back. Facts: {"automation": id, "name": …, "why": sentence}."""

    key = "ticket.automation_failed"
    noun = "ticket"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", ""), "why": event.facts.get("why", "")}
        return _("could not run the automation “%(name)s”: %(why)s") % words


class LoopCut(EventKind):
    """An automation would have set itself off again. Facts: {"automation": id, "name": …, "why": sentence}."""

    key = "ticket.automation_cut"
    noun = "ticket"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("stopped the automation “%(name)s”: it was going in a circle") % {"name": event.facts.get("name", "")}


class AutomationTold(EventKind):
    """An automation or a macro tells people something. Facts: {"name": …, "text": …, "people": [ids]}."""

    key = "ticket.automation_told"
    noun = "ticket"
    icon = "bell"
    personal = ("text",)
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"people": event.name("person", "people"), "text": event.facts.get("text", "")}
        return _("told %(people)s: “%(text)s”") % words


class MacroApplied(EventKind):
    """Facts: {"macro": id, "name": …}."""

    key = "ticket.macro_applied"
    noun = "ticket"
    icon = "bolt"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("applied the macro “%(name)s”") % {"name": event.facts.get("name", "")}


class AutomationChanged(EventKind):
    """Facts: {"name": …, "how": saved, published, removed, moved, on, off, "version": number}."""

    key = "automation.changed"
    noun = "automation"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", ""), "version": event.facts.get("version", "")}
        said = {
            "saved": _("saved version %(version)s of the automation “%(name)s”"),
            "published": _("published version %(version)s of the automation “%(name)s”"),
            "facts": _("changed the automation “%(name)s”"),
            "discarded": _("threw the draft of the automation “%(name)s” away"),
            "removed": _("removed the automation “%(name)s”"),
            "moved": _("changed the order of the automations"),
            "on": _("switched the automation “%(name)s” on"),
            "off": _("switched the automation “%(name)s” off"),
        }
        return said.get(event.facts.get("how", ""), "%(name)s") % words


class ReviewDue(EventKind):
    """Its owner said it should be looked at again by now. Facts: {"name": …, "on": day}."""

    key = "automation.review_due"
    noun = "automation"
    icon = "calendar"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("pointed out that the automation “%(name)s” should be looked at again") % {
            "name": event.facts.get("name", "")
        }


class SuggestionDismissed(EventKind):
    """Facts: {"deed": what it would have done, in words}."""

    key = "automation_suggestion.dismissed"
    noun = "automation_suggestion"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("dismissed the suggestion to do this by itself: %(deed)s") % {"deed": event.facts.get("deed", "")}


class MacroChanged(EventKind):
    """Facts: {"name": …, "how": saved, removed}."""

    key = "macro.changed"
    noun = "macro"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", "")}
        if event.facts.get("how") == "removed":
            return _("removed the macro “%(name)s”") % words
        return _("changed the macro “%(name)s”") % words


class CannedReplyChanged(EventKind):
    """Facts: {"name": …, "how": saved, removed}."""

    key = "canned_reply.changed"
    noun = "canned_reply"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts.get("name", "")}
        if event.facts.get("how") == "removed":
            return _("removed the canned reply “%(name)s”") % words
        return _("changed the canned reply “%(name)s”") % words
