from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class CalendarChanged(EventKind):
    """Facts: {"name": …, "what": "saved" | "day" | "day removed" | "holidays"}."""

    key = "calendar.changed"
    noun = "calendar"
    icon = "calendar"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {
            "day": _("added the day %(day)s to the calendar “%(name)s”"),
            "day removed": _("removed the day %(day)s from the calendar “%(name)s”"),
            "holidays": _("took new holidays into the calendar “%(name)s”"),
        }
        known = {"name": event.facts.get("name", ""), "day": event.facts.get("day", "")}
        return words.get(event.facts.get("what", ""), _("changed the calendar “%(name)s”")) % known
