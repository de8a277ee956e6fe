"""What a look into a mailbox found, written at the mailbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F

from firstline.channels.email.events import MailboxFailed, MailboxRecovered, MailSkipped
from firstline.channels.email.models import Mailbox
from firstline.channels.email.models.mailboxes import EVERY, LONGEST_WAIT
from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.record import record

MOST_SKIPPED = 200
FAILURES_BEFORE_TOLD = 2  # one broken connection is no news


@action("mailbox.start_counting", permission="mail.manage")
def start_counting(mailbox: Mailbox, validity: int, first: int, *, by: Any) -> None:
    """Note from where on a folder's mails are ours to fetch."""
    mailbox.uid_validity, mailbox.first_uid, mailbox.last_uid, mailbox.skipped = validity, first, first, []
    mailbox.save(update_fields=["uid_validity", "first_uid", "last_uid", "skipped"])


@action("mailbox.note_place", permission="mail.manage")
def note_place(mailbox: Mailbox, uid: int, *, by: Any) -> None:
    """Note how far a folder was read."""
    mailbox.last_uid = max(mailbox.last_uid, uid)
    Mailbox.objects.filter(pk=mailbox.pk, uid_validity=mailbox.uid_validity, last_uid__lt=uid).update(last_uid=uid)


@action("mailbox.note_good_look", permission="mail.manage")
def note_good_look(mailbox: Mailbox, *, fetched: int, waiting: int, trouble: str, by: Any) -> None:
    """A look that went well. If more waits there, the next one comes at once."""
    now = clock.now()
    values: dict[str, Any] = {
        "last_poll_at": now,
        "last_good_at": now,
        "next_poll_at": now if waiting else now + timedelta(seconds=EVERY),
        "waiting": waiting,
        "last_error": trouble[:500],
        "failures": 0,
        "stuck_uid": 0,
        "stuck_times": 0,
    }
    if fetched:
        values["last_message_at"] = now
    had_failed = Mailbox.objects.filter(pk=mailbox.pk, failures__gte=FAILURES_BEFORE_TOLD).exists()
    Mailbox.objects.filter(pk=mailbox.pk).update(**values)
    if had_failed:
        record(mailbox, MailboxRecovered)


@action("mailbox.note_failed_look", permission="mail.manage")
def note_failed_look(mailbox: Mailbox, reason: str, *, at_uid: int, most_tries: int, by: Any) -> None:
    """A look that failed. The same mail failing again and again is skipped, so that others pass."""
    mailbox.refresh_from_db(from_queryset=Mailbox.objects.select_for_update(of=("self",)))
    now = clock.now()
    failures = mailbox.failures + 1
    wait = min(EVERY * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    is_again = bool(at_uid) and mailbox.stuck_uid == at_uid
    times = mailbox.stuck_times + 1 if is_again else int(bool(at_uid))
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_poll_at=now,
        next_poll_at=now + timedelta(seconds=EVERY if at_uid else wait),
        last_error=reason[:500],
        failures=F("failures") + 1,
        stuck_uid=at_uid,
        stuck_times=times,
    )
    if at_uid and times >= most_tries:
        skip_mail(mailbox, at_uid, reason, by=by)
    if failures == FAILURES_BEFORE_TOLD:
        record(mailbox, MailboxFailed, reason=reason[:300])


@action("mailbox.skip_mail", permission="mail.manage")
def skip_mail(mailbox: Mailbox, uid: int, reason: str, *, by: Any) -> None:
    """Leave a mail on the server that cannot be fetched, and list it."""
    mailbox.refresh_from_db(from_queryset=Mailbox.objects.select_for_update(of=("self",)))
    entry = {"uid": uid, "reason": reason[:300], "at": clock.now().isoformat()}
    mailbox.skipped = [*(each for each in mailbox.skipped if each["uid"] != uid), entry][-MOST_SKIPPED:]
    mailbox.stuck_uid = mailbox.stuck_times = 0
    mailbox.save(update_fields=["skipped", "stuck_uid", "stuck_times"])
    record(mailbox, MailSkipped, uid=uid)
