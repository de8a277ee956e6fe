from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.events import AbsenceEnded, AbsenceSaved
from firstline.people.teams.models import Absence


@action("absence.save", permission="absence.edit")
def save_absence(
    person: Any, first_day: date, last_day: date, *, deputy: Any = None, note: str = "", by: Any
) -> Absence:
    """Say that somebody is away from one day to another, both included, and who stands in."""
    if last_day < first_day:
        raise Refused(_("The last day lies before the first."))
    if deputy is not None and deputy.pk == person.pk:
        raise Refused(_("Somebody cannot stand in for themselves."))
    if deputy is not None and not deputy.is_active:
        raise Refused(_("The deputy's account is deactivated."))
    absence = Absence.objects.create(
        person=person, first_day=first_day, last_day=last_day, deputy=deputy, note=note.strip()[:200]
    )
    record(
        person,
        AbsenceSaved,
        by=by,
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
        deputy=deputy and deputy.pk,
    )
    return absence


@action("absence.remove", permission="absence.edit")
def remove_absence(person: Any, absence: Absence, *, by: Any) -> None:
    """Take an absence back."""
    if absence.person_id != person.pk:
        raise Refused(_("This is somebody else's absence."))
    facts = {"first_day": absence.first_day.isoformat(), "last_day": absence.last_day.isoformat()}
    absence.delete()
    record(person, AbsenceEnded, by=by, **facts)
