from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.access.events import AccessRevoked
from firstline.people.access.models import Grant, Role
from firstline.people.access.queries import admins
from firstline.people.access.rules import forget
from firstline.people.accounts.models import Person


@action("access.revoke", permission="access.edit")
def revoke(person: Person, row: Grant, *, by: Any) -> None:
    """Take a role away. It is gone at once, also for sessions that are open."""
    if row.person_id != person.pk:
        raise Refused(_("This is somebody else's role."))
    if row.role == Role.ADMIN:
        lock_admins()
    facts = {"role": row.role, "team": row.team_id, "kind": row.kind}
    row.delete()
    forget(person)
    if facts["role"] == Role.ADMIN:
        refuse_without_admins()
    record(person, AccessRevoked, by=by, **facts)


def lock_admins() -> None:
    """Of two admins who take each other's role at once, the second sees what the first did. SQLite has one writer."""
    list(Grant.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk").values_list("pk"))


def refuse_without_admins() -> None:
    """Asked after the change, inside its transaction."""
    if not admins().exists():
        raise Refused(_("This is the last admin. Make somebody else admin first."))
