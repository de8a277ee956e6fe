"""What can happen when people are asked. What is about a ticket is in the ticket's history."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class AskedToConfirm(EventKind):
    """Facts: {"asking": id, "people": [ids], "feedback": [ids], "closes_at": moment or None}."""

    key = "confirmation.asked"
    noun = "ticket"
    icon = "help"
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("asked %(people)s whether it is solved") % {"people": event.name("person", "people")}


class ConfirmationReminded(EventKind):
    """Facts: {"asking": id, "people": [ids], "feedback": [ids]}."""

    key = "confirmation.reminded"
    noun = "ticket"
    icon = "bell"
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("reminded %(people)s that nobody has said yet whether it is solved") % {
            "people": event.name("person", "people")
        }


class ClosedWithoutAnswer(EventKind):
    """Facts: {"asking": id, "asked_at": moment, "days": number}."""

    key = "confirmation.no_answer"
    noun = "ticket"
    icon = "clock"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        days = event.facts["days"]
        return ngettext(
            "closed it, because nobody objected within %(days)s day",
            "closed it, because nobody objected within %(days)s days",
            days,
        ) % {"days": days}


class FeedbackAsked(EventKind):
    """Facts: {"feedback": [ids], "people": [ids], "occasion": key}."""

    key = "feedback.asked"
    noun = "ticket"
    icon = "help"
    refers_to: ClassVar = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("asked %(people)s how it was") % {"people": event.name("person", "people")}


class FeedbackGiven(EventKind):
    """Facts: {"feedback": id, "is_satisfied": bool or None}. The words stay where who may read them is judged."""

    key = "feedback.given"
    noun = "ticket"
    icon = "star"

    @classmethod
    def describe(cls, event: Event) -> str:
        satisfied = event.facts["is_satisfied"]
        if satisfied is None:
            return _("answered our questions")
        return _("was satisfied") if satisfied else _("was not satisfied")


class FollowUpOpened(EventKind):
    """Facts: {"feedback": id, "ticket": number}."""

    key = "feedback.follow_up"
    noun = "ticket"
    icon = "flow"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("opened #%(number)s to follow up the bad answer") % {"number": event.facts["ticket"]}


class ImprovementChanged(EventKind):
    """Facts: {"title": words, "state": key}."""

    key = "improvement.changed"
    noun = "improvement"
    icon = "trend"
    personal = ("title",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the improvement “%(title)s”") % {"title": event.facts["title"]}


class PulseBegan(EventKind):
    """Facts: {"survey": id, "invited": number}."""

    key = "pulse.began"
    noun = "pulse_round"
    icon = "chart"

    @classmethod
    def describe(cls, event: Event) -> str:
        count = event.facts["invited"]
        return ngettext("asked %(count)s person about the desk", "asked %(count)s people about the desk", count) % {
            "count": count
        }


class SurveyChanged(EventKind):
    """Facts: {"what": "survey", "question" or "wording", "name": words}."""

    key = "survey.changed"
    noun = "survey_setting"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed “%(name)s”") % {"name": event.facts["name"]}
