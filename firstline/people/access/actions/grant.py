from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.access.events import AccessGranted
from firstline.people.access.models import Grant, Role
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team

KINDS = frozenset({"", "incident", "request", "problem", "change"})
# What has no single team's tickets to be limited to.
EVERYWHERE = frozenset({Role.ADMIN, Role.AUDITOR, Role.PRIVACY_OFFICER, Role.AUTHOR, Role.APPROVER})


@action("access.grant", permission="access.edit")
def grant(person: Person, role: str, *, team: Team | None = None, kind: str = "", by: Any) -> Grant:
    """Give somebody a role, everywhere or only for one team's tickets or one kind of ticket."""
    if role not in Role.values or role == Role.REQUESTER:
        raise Refused(_("%(role)s is not a role that can be given.") % {"role": role})
    if kind not in KINDS:
        raise Refused(_("%(kind)s is not a kind of ticket.") % {"kind": kind})
    if role in EVERYWHERE and (team is not None or kind):
        raise Refused(_("The role %(role)s holds everywhere.") % {"role": Role(role).label})
    if not person.is_active:
        raise Refused(_("This account is deactivated."))
    row, is_new = Grant.objects.get_or_create(person=person, role=role, team=team, kind=kind)
    forget(person)
    if is_new:
        record(person, AccessGranted, by=by, role=role, team=team and team.pk, kind=kind)
    return row
