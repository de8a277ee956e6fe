"""What can happen to a form and to what is filled in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class FormChanged(EventKind):
    """Facts: {"name": words, "what": "made", "named", "edited", "undone", "redone" or "retired"}."""

    key = "form.changed"
    noun = "form"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the form “%(name)s”") % {"name": event.facts["name"]}


class FormPublished(EventKind):
    """Facts: {"name": words, "version": number, "back": whether an earlier version was taken up again}."""

    key = "form.published"
    noun = "form"
    icon = "check-circle"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = (
            _("went back to version %(version)s of the form “%(name)s”")
            if event.facts.get("back")
            else _("published version %(version)s of the form “%(name)s”")
        )
        return words % {"version": event.facts["version"], "name": event.facts["name"]}


class SubmissionFiled(EventKind):
    """A form was handed over, and it is known what became of it. This is what workflows and rules listen to.

    Facts: {"form": key, "form_id", "version": number, "offering": key or "", "answers": {…}, "ticket": number,
    "tickets": [numbers], "requester": id}. With several tickets, `ticket` is the first: the parent where there is one.
    """

    key = "submission.filed"
    noun = "submission"
    icon = "list"
    audience = Audience.DESK
    personal = ("answers",)

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("filled in a form")
