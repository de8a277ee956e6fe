from __future__ import annotations

from typing import Any

from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.people.accounts.events import PersonReactivated
from firstline.people.accounts.models import Person


@action("person.reactivate", permission="person.deactivate")
def reactivate(person: Person, *, by: Any) -> Person:
    """Open a closed account again."""
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(person, PersonReactivated, by=by)
    return person
