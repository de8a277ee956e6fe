"""Adding a system that workflows work with, changing it, and what was found when it was tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action
from firstline.core.events.record import record
from firstline.core.preferences import secrecy
from firstline.flow.workflows.events import OnceWasRead, SystemAsked, SystemChanged, SystemCheckAsked
from firstline.flow.workflows.models import OnceRead, System

READABLE = timedelta(days=1)


@action("workflow.save_system", permission="workflow.edit")
def save_system(system: System, *, secret: str = "", by: Any) -> System:
    """Keep how a system is reached. Another address or user needs its secret again."""
    before = System.objects.filter(pk=system.pk).first() if system.pk else None
    scheme = system.address.partition("://")[0].lower()
    fitting = {"scim": ("https", "http"), "ldap": ("ldaps", "ldap"), "http": ("https", "http")}[system.kind]
    if scheme not in fitting:
        raise Refused(_("The address begins with %(scheme)s://") % {"scheme": fitting[0]})
    if secret:
        system.set_secret(secret)
    elif before is not None and before._purpose() != system._purpose():
        raise Refused(_("Give the password again: it was kept for the other address only."))
    system.changed_at, system.check_state, system.check_result = clock.now(), "", ""
    system.save()
    record(system, SystemChanged, by=by, address=system.address, has_new_secret=bool(secret))
    return system


@action("workflow.check_system", permission="workflow.edit")
def ask_for_check(system: System, *, by: Any) -> None:
    """Try whether the system answers; a worker does it, and the page says what came of it."""
    system.check_state, system.check_result = "asked", ""
    system.save(update_fields=["check_state", "check_result"])
    record(system, SystemCheckAsked, by=by)


@action("workflow.note_system_check", permission="workflow.edit")
def note_check(system: System, trouble: str, *, by: Any) -> None:
    """Note whether the system has answered."""
    system.check_state, system.check_result = ("bad", trouble[:300]) if trouble else ("good", "")
    system.checked_at = clock.now()
    system.save(update_fields=["check_state", "check_result", "checked_at"])


@action("workflow.note_asked", permission="workflow.repair")
def note_asked(system: System, operation: str, *, run: int, number: int, how: str, by: Any) -> None:
    """Write down that its secret was opened, what for, and what came of it."""
    record(system, SystemAsked, by=by, operation=operation, run=run, number=number, how=how)


@action("workflow.keep_once", permission="workflow.repair")
def keep_once(person: Any, secret: str, *, by: Any) -> OnceRead:
    """Keep a secret that this person may read once."""
    made = OnceRead(person=person)
    made.secret = secrecy.encrypt(secret, purpose=f"once:{made.key}")
    made.save(force_insert=True)
    return made


@action("workflow.read_once", permission="own.edit")
def read_once(once: OnceRead, *, by: Any) -> str:
    """Read it; from then on it is gone."""
    if by is None or by.pk != once.person_id:
        raise NotAllowed("This is for somebody else.")
    once.refresh_from_db(from_queryset=OnceRead.objects.select_for_update())
    if once.read_at is not None or clock.now() - once.made_at > READABLE:
        raise Refused(_("It was read already, or its time is over. Ask for a new one."))
    said = secrecy.decrypt(once.secret, purpose=f"once:{once.key}")
    once.secret, once.read_at = "", clock.now()
    once.save(update_fields=["secret", "read_at"])
    record(once, OnceWasRead, by=by)
    return said
