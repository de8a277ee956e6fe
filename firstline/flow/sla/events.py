"""What clocks tell: warnings before a promise is broken, and the breach. They happen to the ticket."""

from __future__ import annotations

from typing import ClassVar

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event

from .models import Measure


class SlaEvent(EventKind):
    """Facts: {"clock", "agreement", "audience", "measure", "share", "due"}."""

    noun = "ticket"
    icon = "clock"
    refers_to: ClassVar = {"agreement": "agreement"}


class SlaWarned(SlaEvent):
    key = "sla.warned"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noted that %(share)d %% of the time for “%(measure)s” are used up; due %(due)s") % _words(event)


class SlaBreached(SlaEvent):
    key = "sla.breached"
    icon = "alert"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("noted that “%(measure)s” is late: it was due %(due)s (%(agreement)s)") % _words(event)


class AgreementChanged(EventKind):
    """Facts: {"name": …}."""

    key = "agreement.changed"
    noun = "agreement"
    icon = "clock"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the agreement “%(name)s”") % {"name": event.facts.get("name", "")}


def _words(event: Event) -> dict[str, object]:
    due = parse_datetime(event.facts.get("due") or "")
    return {
        "share": event.facts.get("share", 0),
        "measure": Measure(event.facts["measure"]).label,
        "agreement": event.name("agreement", "agreement"),
        "due": formats.date_format(timezone.localtime(due), "SHORT_DATETIME_FORMAT") if due else "—",
    }
