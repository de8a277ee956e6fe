"""Deciding without a session: by the link of a mail, or by answering it."""

from __future__ import annotations

from typing import Any

from firstline.core.actions import Refused, action
from firstline.flow.approvals.models import Approval, Seat

from ._course import sentence
from .decide import ask_for_more_as, decide_as


@action("approval.decide_by_link", permission="approval.settings")
def answer_by_link(seat: Seat, says: str, comment: str = "", *, by: Any) -> Approval:
    """Approve, refuse or ask for more by a link that was made for one person. Whoever calls has proven who it is."""
    approval, person = seat.stage.approval, seat.person
    held = Seat.objects.filter(pk=seat.pk, person=person.pk)
    if not held.exists():  # passed on since the link was made
        raise Refused(sentence("not_asked", approval))
    if says == "ask":
        return ask_for_more_as(approval, person, comment)
    return decide_as(approval, person, says == "grant", comment=comment, stage=seat.stage_id)
