from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.events import TeamArchived, TeamSaved
from firstline.people.teams.models import Team, TeamMember


@action("team.open", permission="team.edit")
def open_team(name: str, *, purpose: str = "", is_private: bool = False, lead: Any = None, by: Any) -> Team:
    """Add a team. A private one needs its lead at once: afterwards only its leads can add members."""
    if is_private and lead is None:
        raise Refused(_("Name somebody who leads the private team: only its leads can add members."))
    team = Team(is_private=is_private)
    _name(team, name)
    team.purpose = purpose.strip()[:300]
    team.save()
    record(team, TeamSaved, by=by, fields=[])
    if lead is not None:
        TeamMember.objects.create(team=team, person=lead, is_lead=True)
    return team


@action("team.edit", permission="team.edit")
def edit_team(team: Team, *, name: str, purpose: str = "", is_private: bool | None = None, by: Any) -> Team:
    """Change a team's name, purpose and privacy."""
    before = (team.name, team.purpose, team.is_private)
    _name(team, name)
    team.purpose = purpose.strip()[:300]
    if is_private is not None:
        team.is_private = is_private
    now = (team.name, team.purpose, team.is_private)
    fields = [
        field for field, old, new in zip(("name", "purpose", "is_private"), before, now, strict=True) if old != new
    ]
    if "is_private" in fields and is_private and not team.memberships.filter(is_lead=True).exists():
        raise Refused(_("Name somebody who leads the team first: only leads can add members to a private team."))
    if fields:
        team.save()
        record(team, TeamSaved, by=by, fields=fields)
    return team


@action("team.archive", permission="team.edit")
def archive_team(team: Team, *, is_archived: bool = True, by: Any) -> Team:
    """Put a team into the archive, where it gets no new tickets, or take it out."""
    if team.is_active == is_archived:
        team.is_active = not is_archived
        team.save(update_fields=["is_active"])
        record(team, TeamArchived, by=by, is_archived=is_archived)
    return team


def _name(team: Team, name: str) -> None:
    team.name = " ".join(name.split())[:120]
    if not team.name:
        raise Refused(_("Give the team a name."))
    if Team.objects.filter(name=team.name).exclude(pk=team.pk).exists():
        raise Refused(_("There is a team of this name already."))
