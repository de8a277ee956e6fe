"""Letting somebody decide in one's place for some days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action
from firstline.core.events.record import record
from firstline.flow.approvals.events import StandInSaved
from firstline.flow.approvals.models import StandIn
from firstline.people.accounts.models import Person

from .expire import begin_stand_in, end_stand_in


@action("approval.let_decide", permission="own.edit")
def let_decide(person: Person, to: Person, first_day: date, last_day: date, *, note: str = "", by: Any) -> StandIn:
    """Let somebody decide your approvals from one day to another, both included."""
    if to.pk == person.pk:
        raise Refused(_("Somebody cannot stand in for themselves."))
    if not to.is_active:
        raise Refused(_("The account of %(person)s is deactivated.") % {"person": to.display_name})
    if last_day < first_day:
        raise Refused(_("The last day lies before the first."))
    if last_day < clock.now().date():
        raise Refused(_("These days are over."))
    overlaps = StandIn.objects.filter(person=person, has_ended=False, first_day__lte=last_day, last_day__gte=first_day)
    if overlaps.exists():
        raise Refused(_("Somebody decides in your place on these days already. Take that back first."))
    stand_in = StandIn(person=person, to=to, first_day=first_day, last_day=last_day, note=note.strip()[:200])
    stand_in.save(force_insert=True)
    record(
        person, StandInSaved, by=by, to=to.pk, first_day=first_day.isoformat(), last_day=last_day.isoformat(),
        is_over=False,
    )  # fmt: skip
    if first_day <= clock.now().date():
        begin_stand_in(stand_in, by=None)
    return stand_in


@action("approval.decide_again", permission="own.edit")
def decide_again(person: Person, stand_in: StandIn, *, by: Any) -> None:
    """Take it back: what still waits is yours again at once."""
    if stand_in.person_id != person.pk:
        raise NotAllowed("This is somebody else's arrangement.")
    if stand_in.has_ended:
        raise Refused(_("These days are over."))
    end_stand_in(stand_in, by=None)
    record(person, StandInSaved, by=by, to=stand_in.to_id, is_over=True)
