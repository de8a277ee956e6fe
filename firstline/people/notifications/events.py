"""What is written down about notices. Each notice is a row of its own; timelines hear only of automatic ones."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event

from .fields import kind_of, knows


class _Told(EventKind):
    noun = "ticket"
    icon = "bell"
    refers_to: ClassVar[dict[str, str]] = {"people": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        what = str(kind_of(event.facts["kind"]).label) if knows(event.facts["kind"]) else event.facts["kind"]
        return _("told %(people)s: %(what)s") % {"people": event.name("person", "people"), "what": what}


class DeskTold(_Told):
    """Firstline told people of the desk by itself. Facts: {"kind", "people": [ids]}."""

    key = "notice.desk_told"


class RequesterTold(_Told):
    """Firstline told the requester's side by itself. Facts: {"kind", "people": [ids]}."""

    key = "notice.requester_told"
    audience = Audience.EVERYBODY


class NoticeChoiceChanged(EventKind):
    """Somebody chose what to be told of, and how. Facts: {"what": [names]}."""

    key = "notice.choice_changed"
    noun = "person"
    icon = "bell"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed what notices they get")


class DeviceChanged(EventKind):
    """A browser was allowed to show notices, or is no more. Facts: {"label", "is_on"}."""

    key = "notice.device_changed"
    noun = "person"
    icon = "bell"
    personal = ("label",)

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"device": event.facts["label"]}
        if event.facts["is_on"]:
            return _("lets %(device)s show notices") % words
        return _("shows notices on %(device)s no more") % words


class TargetChanged(EventKind):
    """A place in a chat was added, changed or removed. Facts: {"name", "service", "what": added, changed, removed}."""

    key = "notice.target_changed"
    noun = "notice_target"
    icon = "bell"
    personal = ("name",)

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts["name"], "service": event.facts["service"]}
        if event.facts["what"] == "removed":
            return _("removed the chat “%(name)s” (%(service)s)") % words
        return _("set the chat “%(name)s” (%(service)s) up") % words


class WordingChanged(EventKind):
    """The text of a kind of notice was changed or reset. Facts: {"kind", "language", "is_reset"}."""

    key = "notice.wording_changed"
    noun = "notice_wording"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"kind": event.facts["kind"], "language": event.facts["language"]}
        if event.facts["is_reset"]:
            return _("took the original text of %(kind)s (%(language)s) again") % words
        return _("changed the text of %(kind)s (%(language)s)") % words
