"""What mails about approvals need to know."""

from __future__ import annotations

from typing import Any

from firstline.flow.approvals.fields import BY_MAIL
from firstline.flow.approvals.models import Seat


def reply_secret(approval: int | None, person: Any) -> str:
    """The secret of the address at which this person may decide by answering; empty if they cannot."""
    if approval is None or not BY_MAIL.get():
        return ""
    seats = Seat.objects.filter(stage__approval=approval, person=person, is_open=True).order_by("id")
    return seats.values_list("secret", flat=True).first() or ""
