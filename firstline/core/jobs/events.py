from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from firstline.core.events import EventKind

if TYPE_CHECKING:
    from firstline.core.events.models import Event


class JobRetried(EventKind):
    key = "job.retried"
    noun = "job"
    icon = "refresh"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("ran the job “%(job)s” again") % {"job": event.facts["name"]}


class JobDiscarded(EventKind):
    key = "job.discarded"
    noun = "job"
    icon = "trash"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("discarded the job “%(job)s”") % {"job": event.facts["name"]}


class ChainCut(EventKind):
    """Nobody hears of it later: that would go on."""

    key = "chain.cut"
    noun = "thing"  # the event itself is about whatever the last consequence happened to
    icon = "warning"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("stopped rules that call each other in a circle")
