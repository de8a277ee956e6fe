"""What the reports find out by themselves."""

from __future__ import annotations

from django.utils.translation import ngettext

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class BacklogGrew(EventKind):
    """About a team. Facts: net (tickets more than a week ago), usual (per week), open."""

    key = "team.backlog_grew"
    noun = "team"
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        net = int(event.facts.get("net", 0))
        return ngettext(
            "noticed that %(count)s ticket more is open than a week ago, which is unusual",
            "noticed that %(count)s tickets more are open than a week ago, which is unusual", net,
        ) % {"count": net}  # fmt: skip
