from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.automations.events import MacroApplied, MacroChanged
from firstline.flow.automations.models import Macro, MacroUse
from firstline.work.tickets.actions._change import lock, must_be_live
from firstline.work.tickets.models import Ticket

from ._checks import deeds_of, must_be_for_own_teams, name_of, teams_of
from ._deeds import do

EDIT = "macro.edit"


@action("macro.save", permission=EDIT)
def save_macro(macro: Macro, *, by: Any) -> Macro:
    """Add a macro or change it."""
    macro.name = name_of(macro.name)
    macro.purpose = " ".join(macro.purpose.split())[:300]
    macro.teams = teams_of(macro.teams)
    must_be_for_own_teams(macro, EDIT, by=by)
    macro.deeds = deeds_of(macro.deeds)
    macro.changed_at = clock.now()
    if macro._state.adding:
        macro.position = (Macro.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    macro.save()
    record(macro, MacroChanged, by=by, name=macro.name, how="saved")
    return macro


@action("macro.remove", permission=EDIT)
def remove_macro(macro: Macro, *, by: Any) -> None:
    """Remove a macro. What it has done stays done."""
    record(macro, MacroChanged, by=by, name=macro.name, how="removed")
    macro.delete()


@action("macro.apply", permission="ticket.edit")
def apply_macro(ticket: Ticket, macro: Macro, *, by: Any) -> Ticket:
    """Do all that a macro says, as the person who applies it: everything, or nothing where one thing is refused."""
    lock(ticket)
    must_be_live(ticket)
    if not macro.is_active or not macro.is_for(ticket.team_id):
        raise Refused(_("This macro is not for this ticket’s team."))
    did = do(ticket, macro.deeds, name=macro.name, by=by)
    if did:
        MacroUse(macro=macro, ticket=ticket, person=by, did=did, minutes=macro.minutes, at=clock.now()).save()
        record(ticket, MacroApplied, by=by, macro=macro.pk, name=macro.name)
    return ticket
