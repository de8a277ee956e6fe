from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind

from .declaring import find

if TYPE_CHECKING:
    from firstline.core.events.models import Event


class PreferenceChanged(EventKind):
    key = "preference.changed"
    noun = "preference"
    icon = "settings"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        try:
            label = str(find(event.facts["key"]).label)
        except KeyError:  # a room that is gone
            label = event.facts["key"]
        if "new" not in event.facts:
            return _("changed the setting “%(setting)s”") % {"setting": label}
        return _("changed the setting “%(setting)s” from “%(old)s” to “%(new)s”") % {
            "setting": label, "old": event.facts["old"], "new": event.facts["new"],
        }  # fmt: skip
