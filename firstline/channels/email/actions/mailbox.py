from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.channels.email.events import MailboxCheckAsked, MailboxSaved
from firstline.channels.email.models import AfterReading, Mailbox, Security
from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.live.announce import announce
from firstline.core.preferences.secrecy import CannotOpen

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Another place there means other mails: counting begins anew.
PLACE = ("host", "port", "user", "folder")
SET_BY_PEOPLE = (
    "name", "address", *PLACE, "security", "after_reading", "move_to", "takes_old", "takes_lists", "team_id",
    "is_active",
)  # fmt: skip


@action("mailbox.save", permission="mail.manage")
def save_mailbox(mailbox: Mailbox, *, password: str = "", by: Any) -> Mailbox:
    """Add or change a mailbox that mail is fetched from. Without a password the one that is kept stays."""
    before = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk) if mailbox.pk else None
    if before is not None:
        before_changes = {name: getattr(mailbox, name) for name in SET_BY_PEOPLE}
        changed = [name for name in SET_BY_PEOPLE if getattr(before, name) != before_changes[name]]
        for name, value in before_changes.items():
            setattr(before, name, value)
        mailbox = before
    else:
        changed = []
    mailbox.host = mailbox.host.strip().lower().rstrip(".")
    _check(mailbox)
    if password:
        mailbox.set_password(password)
    elif not _opens(mailbox):
        raise Refused(_("Enter the password: it is kept for one server and one user only."))
    if before is None or any(name in changed for name in PLACE):
        mailbox.uid_validity, mailbox.skipped = None, []
    mailbox.failures, mailbox.last_error, mailbox.check_state = 0, "", ""
    mailbox.changed_at = mailbox.next_poll_at = clock.now()
    mailbox.save()
    record(mailbox, MailboxSaved, by=by, changed=changed, is_new=before is None)
    return mailbox


@action("mailbox.check", permission="mail.manage")
def ask_for_check(mailbox: Mailbox, *, by: Any) -> Mailbox:
    """Try whether a mailbox can be read. The worker does it; the answer comes on the mailbox's page."""
    Mailbox.objects.filter(pk=mailbox.pk).update(check_state="asked", check_result="")
    record(mailbox, MailboxCheckAsked, by=by)
    return mailbox


@action("mailbox.note_check", permission="mail.manage")
def note_check(mailbox: Mailbox, is_good: bool, result: str, *, by: Any) -> None:
    """Write down what a try has shown."""
    state = "good" if is_good else "bad"
    Mailbox.objects.filter(pk=mailbox.pk).update(check_state=state, check_result=result[:500])
    announce(f"mailbox:{mailbox.pk}")


@action("mailbox.try_skipped", permission="mail.manage")
def try_skipped(mailbox: Mailbox, *, by: Any) -> Mailbox:
    """Try once more to fetch the mails that were skipped. What is here already is not stored twice."""
    mailbox.refresh_from_db(from_queryset=Mailbox.objects.select_for_update(of=("self",)))
    if mailbox.skipped:
        mailbox.last_uid = min(mailbox.last_uid, *(each["uid"] - 1 for each in mailbox.skipped))
        mailbox.skipped, mailbox.next_poll_at = [], clock.now()
        mailbox.save(update_fields=["last_uid", "skipped", "next_poll_at"])
    return mailbox


def _check(mailbox: Mailbox) -> None:
    if not 0 < mailbox.port < 65_536:
        raise Refused(_("A port is a number from 1 to 65535; with TLS it is usually 993."))
    if mailbox.security == Security.NONE and mailbox.host not in LOOPBACK:
        raise Refused(_("Without encryption the password could be read on its way. Choose TLS or STARTTLS."))
    if mailbox.after_reading == AfterReading.MOVE and not mailbox.move_to:
        raise Refused(_("Name the folder that mails are moved to."))
    if mailbox.after_reading == AfterReading.MOVE and mailbox.move_to == mailbox.folder:
        raise Refused(_("Mails cannot be moved to the folder they are fetched from."))
    same = Mailbox.objects.filter(
        host__iexact=mailbox.host, port=mailbox.port, user__iexact=mailbox.user, folder=mailbox.folder
    )
    if same.exclude(pk=mailbox.pk).exists():
        raise Refused(_("This folder is fetched by another mailbox already."))


def _opens(mailbox: Mailbox) -> bool:
    try:
        return bool(mailbox.password())
    except CannotOpen:
        return False
