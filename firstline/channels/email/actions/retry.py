from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.channels.email.events import MailDiscarded, MailTriedAgain
from firstline.channels.email.models import OutgoingMail, RawMail
from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record


@action("mail.try_again", permission="mail.view")
def try_again(mail: OutgoingMail, *, by: Any) -> OutgoingMail:
    """Send a mail again that was given up or came back."""
    mail.refresh_from_db(from_queryset=OutgoingMail.objects.select_for_update(of=("self",)))
    if mail.state not in {OutgoingMail.State.FAILED, OutgoingMail.State.BOUNCED, OutgoingMail.State.WAITING}:
        raise Refused(_("This mail has been sent already."))
    mail.state, mail.attempts, mail.due_at = OutgoingMail.State.WAITING, 0, clock.now()
    mail.save(update_fields=["state", "attempts", "due_at"])
    record(mail, MailTriedAgain, by=by)
    return mail


@action("mail.discard", permission="mail.release")
def discard(mail: RawMail, *, by: Any) -> RawMail:
    """Leave a held mail aside: it stays stored, and is not asked about again."""
    mail.state, mail.reason = RawMail.State.LEFT_ASIDE, ""
    mail.save(update_fields=["state", "reason"])
    record(mail, MailDiscarded, by=by)
    return mail
