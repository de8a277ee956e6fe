from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.accounts.events import PersonDeactivated
from firstline.people.accounts.models import Person

from .end_sessions import forget_sessions


@action("person.deactivate", permission="person.deactivate")
def deactivate(person: Person, *, reason: str = "", by: Any) -> Person:
    """Close an account: its person is signed out at once and cannot sign in. What they wrote stays."""
    if by is not None and by.pk == person.pk:
        raise Refused(_("You cannot deactivate yourself. Ask another admin."))
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        forget_sessions(person)
        record(person, PersonDeactivated, by=by, reason=reason)
    return person
