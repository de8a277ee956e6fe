"""What can happen to a ticket. Facts are ids and values; the sentence is made when somebody reads it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event

from .models import Impact, Kind, Link, Participant, Priority, Urgency


class TicketEvent(EventKind):
    noun = "ticket"


class TicketOpened(TicketEvent):
    key = "ticket.opened"
    icon = "plus"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        ways = {
            "mail": _("opened it by mail"),
            "portal": _("opened it in the portal"),
            "phone": _("opened it after a call"),
            "api": _("opened it through the API"),
            "import": _("opened it; brought in from another system"),
        }
        return ways.get(event.facts.get("source", ""), _("opened it"))


class TicketStatusChanged(TicketEvent):
    key = "ticket.status_changed"
    icon = "status"
    audience = Audience.EVERYBODY
    refers_to: ClassVar = {"from": "status", "to": "status"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the status from %(before)s to %(after)s") % {
            "before": _(event.name("status", "from")),
            "after": _(event.name("status", "to")),
        }


class TicketAssigned(TicketEvent):
    key = "ticket.assigned"
    icon = "person"
    audience = Audience.EVERYBODY
    refers_to: ClassVar = {"from": "person", "to": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("to") is None:
            return _("took it from %(person)s; nobody has it now") % {"person": event.name("person", "from")}
        if event.facts["to"] == event.actor_id:
            return _("took it")
        return _("gave it to %(person)s") % {"person": event.name("person", "to")}


class TicketRouted(TicketEvent):
    key = "ticket.routed"
    icon = "team"
    audience = Audience.EVERYBODY
    refers_to: ClassVar = {"from": "team", "to": "team"}

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("to") is None:
            return _("took it out of the queue of %(team)s") % {"team": event.name("team", "from")}
        return _("handed it to %(team)s") % {"team": event.name("team", "to")}


class TicketPrioritised(TicketEvent):
    key = "ticket.prioritised"
    icon = "priority"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {
            "before": Priority(event.facts["from"]).label if event.facts.get("from") else "—",
            "after": Priority(event.facts["to"]).label,
            "reason": event.facts.get("reason", ""),
        }
        if words["reason"]:
            return _("set the priority from %(before)s to %(after)s: “%(reason)s”") % words
        return _("set the priority from %(before)s to %(after)s") % words


class TicketCategorised(TicketEvent):
    key = "ticket.categorised"
    icon = "category"
    refers_to: ClassVar = {"from": "category", "to": "category"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("moved it to the category %(category)s") % {"category": event.name("category", "to")}


class TicketEdited(TicketEvent):
    """Facts: {"changes": {field: [before, after]}}."""

    key = "ticket.edited"
    icon = "edit"
    personal = ("changes",)

    @classmethod
    def describe(cls, event: Event) -> str:
        changes: dict[str, list[object]] = event.facts.get("changes", {})
        parts = []
        for field, (before, after) in changes.items():
            words = {"field": _field_label(field), "before": _shown(field, before), "after": _shown(field, after)}
            parts.append(
                _("changed %(field)s from %(before)s to %(after)s") % words
                if before not in (None, "", [])
                else _("set %(field)s to %(after)s") % words
            )
        return "; ".join(parts)


class TicketTagged(TicketEvent):
    key = "ticket.tagged"
    icon = "tag"

    @classmethod
    def describe(cls, event: Event) -> str:
        added, removed = event.facts.get("added", []), event.facts.get("removed", [])
        parts = []
        if added:
            parts.append(_("added the tags %(tags)s") % {"tags": ", ".join(added)})
        if removed:
            parts.append(_("removed the tags %(tags)s") % {"tags": ", ".join(removed)})
        return "; ".join(parts)


class TicketReopened(TicketEvent):
    key = "ticket.reopened"
    icon = "reopen"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("reopened it")


class TicketConfirmed(TicketEvent):
    key = "ticket.confirmed"
    icon = "check"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("confirmed that it is solved")


class TicketNotConfirmed(TicketEvent):
    key = "ticket.not_confirmed"
    icon = "reopen"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("said that it is not solved")


class TicketConverted(TicketEvent):
    key = "ticket.converted"
    icon = "convert"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("made it a %(kind)s; it was a %(before)s") % {
            "kind": Kind(event.facts["to"]).label,
            "before": Kind(event.facts["from"]).label,
        }


class TicketLinked(TicketEvent):
    key = "ticket.linked"
    icon = "link"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noted that it %(relation)s #%(number)s") % _link_words(event)


class TicketUnlinked(TicketEvent):
    key = "ticket.unlinked"
    icon = "link"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took back that it %(relation)s #%(number)s") % _link_words(event)


class TicketMerged(TicketEvent):
    """On the ticket that goes on in another one."""

    key = "ticket.merged"
    icon = "merge"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("joined it to #%(number)s") % {"number": event.facts["into"]}


class TicketUnmerged(TicketEvent):
    key = "ticket.unmerged"
    icon = "split"
    audience = Audience.EVERYBODY

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("separated it from #%(number)s again") % {"number": event.facts["from"]}


class TicketTookIn(TicketEvent):
    """On the ticket that another one was joined to."""

    key = "ticket.took_in"
    icon = "merge"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("joined #%(number)s to this one") % {"number": event.facts["ticket"]}


class TicketGaveBack(TicketEvent):
    """On the ticket from which a joined one was separated again."""

    key = "ticket.gave_back"
    icon = "split"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("separated #%(number)s from this one again") % {"number": event.facts["ticket"]}


class ParticipantAdded(TicketEvent):
    key = "ticket.participant_added"
    icon = "person"
    refers_to: ClassVar = {"person": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("added %(person)s (%(role)s)") % {
            "person": event.name("person", "person"),
            "role": Participant.Role(event.facts["role"]).label,
        }


class ParticipantRemoved(TicketEvent):
    key = "ticket.participant_removed"
    icon = "person"
    refers_to: ClassVar = {"person": "person"}

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("removed %(person)s (%(role)s)") % {
            "person": event.name("person", "person"),
            "role": Participant.Role(event.facts["role"]).label,
        }


class TicketSettingChanged(EventKind):
    """A status, category or custom field was made or changed. Facts: {"name": …, "what": …}."""

    key = "ticket_setting.changed"
    noun = "ticket_setting"
    icon = "settings"

    @classmethod
    def describe(cls, event: Event) -> str:
        return str(_("changed the %(what)s “%(name)s”") % event.facts)


def _link_words(event: Event) -> dict[str, object]:
    return {"relation": Link.Type(event.facts["type"]).label, "number": event.facts["ticket"]}


def _field_label(field: str) -> str:
    labels = {
        "subject": _("the subject"),
        "due_at": _("the due date"),
        "people_affected": _("the number of people affected"),
        "department": _("the department"),
        "requester": _("the requester"),
        "impact": _("the impact"),
        "urgency": _("the urgency"),
        "external_reference": _("the external reference"),
    }
    return labels.get(field, field.removeprefix("custom."))


def _shown(field: str, value: object) -> str:
    """A fact as people say it: moments in the reader's zone, assessments in words."""
    if field == "due_at" and isinstance(value, str):
        return formats.date_format(timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    if field in {"impact", "urgency"} and isinstance(value, int):
        return f"“{(Impact if field == 'impact' else Urgency)(value).label}”"
    return _short(value)


def _short(value: object) -> str:
    if value in (None, "", []):
        return "—"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"“{text[:80]}”"
