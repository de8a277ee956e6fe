from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.automations.events import CannedReplyChanged
from firstline.flow.automations.models import CannedReply, CannedUse
from firstline.flow.automations.queries.deeds import filled, text_of
from firstline.work.tickets.models import Ticket

from ._checks import must_be_for_own_teams, name_of, teams_of
from ._checks import text_of as checked_text

EDIT = "macro.edit"


@action("canned_reply.save", permission=EDIT)
def save_canned(reply: CannedReply, *, by: Any) -> CannedReply:
    """Add a canned reply or change it."""
    reply.name = name_of(reply.name)
    reply.shortcut = reply.shortcut.strip().lower().lstrip("/")
    reply.teams = teams_of(reply.teams)
    must_be_for_own_teams(reply, EDIT, by=by)
    kept = {}
    for language in dict(settings.LANGUAGES):
        said = reply.texts.get(language) or {}
        text = checked_text(said.get("text"))
        if text:
            kept[language] = {"text": text, "tone": " ".join(f"{said.get('tone') or ''}".split())[:300]}
    if not kept:
        raise Refused(_("It needs a text in at least one language."))
    reply.texts, reply.changed_at = kept, clock.now()
    reply.save()
    record(reply, CannedReplyChanged, by=by, name=reply.name, how="saved")
    return reply


@action("canned_reply.remove", permission=EDIT)
def remove_canned(reply: CannedReply, *, by: Any) -> None:
    """Remove a canned reply. What was sent stays."""
    record(reply, CannedReplyChanged, by=by, name=reply.name, how="removed")
    reply.delete()


@action("canned_reply.use", permission="ticket.reply")
def use_canned(ticket: Ticket, reply: CannedReply, *, by: Any) -> str:
    """Its text for a ticket, in the language of the requester, with its places filled in; noted as used."""
    if not reply.is_active or not reply.is_for(ticket.team_id):
        raise Refused(_("This canned reply is not for this ticket’s team."))
    language, text = text_of(reply, ticket.requester)
    CannedUse(reply=reply, ticket=ticket, person=by, at=clock.now()).save()
    with override(language or None):
        return filled(text, ticket, by)
