"""What happens to roles when something happens to people."""

from __future__ import annotations

from typing import Any

from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.people.access.actions.revoke import lock_admins, refuse_without_admins
from firstline.people.access.models import Grant, Role
from firstline.people.accounts.events import PersonDeactivated


@on(PersonDeactivated)
def keep_an_admin(_event: Event, person: Any) -> None:
    """Deactivating the last admin would lock everybody out; refusing here undoes it."""
    if Grant.objects.filter(person=person, role=Role.ADMIN).exists():
        lock_admins()
        refuse_without_admins()
