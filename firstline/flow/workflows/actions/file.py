"""Filing what a workflow asks for at its beginning: a ticket with a run, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import NotAllowed, Refused, action
from firstline.flow.workflows.models import Run, Version
from firstline.flow.workflows.queries.filing import asked_at_start, may_file, trigger_of
from firstline.flow.workflows.rules import definition_of, net_of, words_of
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket

from .start import begin


@action("workflow.file", permission="ticket.ask")
def file(version: Version, data: Mapping[str, Any], *, once: str = "", by: Any) -> Run:
    """File what a workflow asks for at its beginning. Sent twice with the same `once` it is filed once."""
    version = Version.objects.select_for_update(of=("self",)).select_related("workflow").get(pk=version.pk)
    found = trigger_of(version)
    if found is None or version.state != Version.State.PUBLISHED:
        raise Refused(_("This cannot be filed just now: its workflow is not in use."))
    if not may_file(by, version):
        raise NotAllowed("This is filed by the desk.")
    if once and (known := Run.objects.filter(once=once[:100]).select_related("ticket").first()) is not None:
        if known.started_by_id != by.pk:
            raise NotAllowed("Somebody else has filed this.")
        return known
    at, trigger = found
    definition = definition_of(net_of(version))
    asked = asked_at_start(definition, trigger)
    said = {datum.key: data[datum.key] for datum in asked if datum.key in data}
    subject = str(said.get(trigger.subject or "") or version.workflow.name)
    ticket = open_ticket(by, subject, kind=trigger.kind, by=by)
    words = words_of(said, definition)
    lines = [f"{(datum.label or datum.key).rstrip('?')}: {words[datum.key]}" for datum in asked if words.get(datum.key)]
    if lines:
        reply(ticket, "\n".join(lines), author=by, by=None)
    return begin(ticket, version, said, at=at, once=once[:100] or None, by=by)
