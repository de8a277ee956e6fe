from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.events import MemberAdded, MemberRemoved
from firstline.people.teams.models import Team, TeamMember


@action("team.add_member", permission="team.members")
def add_member(team: Team, person: Any, *, is_lead: bool = False, by: Any) -> TeamMember:
    """Add somebody to a team, or say whether they lead it."""
    if not person.is_active:
        raise Refused(_("This account is deactivated."))
    row = TeamMember.objects.filter(team=team, person=person).first()
    if row is not None and row.is_lead == is_lead:
        return row
    if row is not None and row.is_lead:
        _refuse_leaderless(team, person)
    row = row or TeamMember(team=team, person=person)
    row.is_lead = is_lead
    row.save()
    _forget(person)
    record(team, MemberAdded, by=by, person=person.pk, is_lead=is_lead)
    return row


@action("team.remove_member", permission="team.members")
def remove_member(team: Team, person: Any, *, by: Any) -> None:
    """Take somebody out of a team."""
    row = TeamMember.objects.filter(team=team, person=person).first()
    if row is None:
        return
    if row.is_lead:
        _refuse_leaderless(team, person)
    row.delete()
    _forget(person)
    record(team, MemberRemoved, by=by, person=person.pk)


def _refuse_leaderless(team: Team, person: Any) -> None:
    if team.is_private and not team.memberships.filter(is_lead=True).exclude(person=person).exists():
        raise Refused(_("A private team needs a lead: nobody else could ever add members."))


def _forget(person: Any) -> None:
    """Teams are kept on the person for the length of a request; they have just changed."""
    person.__dict__.pop("_standing", None)
