from __future__ import annotations

from typing import Any

from firstline.core.actions import action
from firstline.flow.surveys.models import PulseInvitation, PulseRound

from .write import write_pulse

AT_ONCE = 100


def invite_some(pulse_round: int) -> bool:
    """Write the next mails of a pulse; true if there may be more."""
    found = PulseRound.objects.filter(pk=pulse_round).first()
    return found is not None and invite(found, by=None) == AT_ONCE


@action("mail.invite", permission="mail.manage")
def invite(pulse_round: PulseRound, *, by: Any) -> int:
    """Write the mails that invite people to a pulse, some at a time."""
    waiting = list(
        PulseInvitation.objects.filter(round=pulse_round, is_mailed=False, has_answered=False)
        .select_related("person", "round__survey")
        .order_by("id")[:AT_ONCE]
    )
    for invitation in waiting:
        write_pulse(invitation)
    PulseInvitation.objects.filter(pk__in=[each.pk for each in waiting]).update(is_mailed=True)
    return len(waiting)
