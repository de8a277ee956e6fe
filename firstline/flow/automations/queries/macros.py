"""Macros and canned replies, as agents are offered them on a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from firstline.core.text import fold
from firstline.flow.automations.models import CannedReply, Macro
from firstline.people.access.rules import permissions_of
from firstline.people.teams.models import TeamMember
from firstline.work.tickets.models import Ticket

from .deeds import change_in_words, differences, filled, text_of

MOST = 300


@dataclass(frozen=True, slots=True)
class Offered:
    """A canned reply as it would read on one ticket."""

    reply: CannedReply
    language: str
    text: str
    tone: str


def macros_for(team: int | None) -> list[Macro]:
    """Those in use that are for tickets of this team."""
    return [macro for macro in Macro.objects.filter(is_active=True)[:MOST] if macro.is_for(team)]


def macros_for_many() -> list[Macro]:
    return list(Macro.objects.filter(is_active=True)[:MOST])


def canned_for(ticket: Ticket, by: Any, *, asked: str = "") -> list[Offered]:
    """Those for the ticket's team, in the requester's language with the places filled in; narrowed by words."""
    wanted = fold(asked.strip().lstrip("/"))
    found = []
    for reply in CannedReply.objects.filter(is_active=True)[:MOST]:
        if not reply.is_for(ticket.team_id):
            continue
        language, text = text_of(reply, ticket.requester)
        if wanted and wanted not in fold(f"{reply.shortcut} {reply.name} {text}"):
            continue
        with override(language or None):
            shown = filled(text, ticket, by)
        found.append(Offered(reply, language, shown, reply.texts.get(language, {}).get("tone", "")))
    return sorted(found, key=lambda each: (each.reply.shortcut != wanted if wanted else False, each.reply.name))


def preview(macro: Macro, ticket: Ticket) -> list[tuple[str, str, str]]:
    """What a macro would change on a ticket: what, as it is, as it would be."""
    return [change_in_words(change) for change in differences(ticket, macro.deeds)]


def may_shape_any(person: Any, permission: str) -> bool:
    """Whether there is anything of this sort the person could add: by role, or because they lead a team."""
    if permission in permissions_of(person):
        return True
    return TeamMember.objects.filter(person=person.pk, is_lead=True).exists()
