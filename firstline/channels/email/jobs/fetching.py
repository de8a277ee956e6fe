"""Fetch mail from mailboxes: each in a thread of its own, a bounded number at a time, none able to stop another.

A mail is marked, moved or deleted on the server only after it is stored here. What was fetched is known by
UIDVALIDITY and UID; a crash in between fetches a mail again and finds that it is here already.
"""

from __future__ import annotations

import contextvars
import hashlib
import imaplib
import threading
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.db import connections
from django.utils.translation import gettext as _
from imapclient.exceptions import ProtocolError

from firstline.channels.email.actions.look import (
    note_failed_look,
    note_good_look,
    note_place,
    skip_mail,
    start_counting,
)  # fmt: skip
from firstline.channels.email.actions.mailbox import note_check
from firstline.channels.email.actions.receive import LARGEST, receive, receive_too_large
from firstline.channels.email.engine.child import parse_in_child
from firstline.channels.email.engine.message import Parsed
from firstline.channels.email.models import AfterReading, Mailbox, RawMail
from firstline.core import clock
from firstline.core.jobs import loops

from .connecting import LONGEST_TALK, SLOWEST, Connection, connected, sentence
from .reading import ourselves

log = structlog.get_logger()

A_TURN = 50  # mails of one mailbox, then the others have their turn
AT_ONCE = 16  # mailboxes
LONGEST_LIST = 5000  # UIDs looked at in one turn
HEADER = 65_536  # bytes
TRIES = 3  # for a mail that ends the connection, until it is skipped
PARALLEL = threading.BoundedSemaphore(AT_ONCE)

_busy: set[int] = set()
_lock = threading.Lock()


def fetch_due() -> bool:
    """Begin a turn with every mailbox that is due. The turns go on by themselves."""
    for pk in due():
        begin(pk)
    return False


def due() -> list[int]:
    """The mailboxes whose turn it is, who has waited longest first."""
    found = Mailbox.objects.filter(is_active=True, next_poll_at__lte=clock.now())
    return list(found.order_by("next_poll_at", "id").values_list("pk", flat=True))


def begin(pk: int) -> threading.Thread | None:
    """Have one turn with a mailbox in its own thread; None if one is going on, or too many are."""
    with _lock:
        if pk in _busy or not PARALLEL.acquire(blocking=False):
            return None
        _busy.add(pk)
    # The copy carries the fence of the loop along: a worker that has lost its lease writes nothing more.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(_apart, pk), daemon=True)
    thread.name = f"mailbox {pk}"
    thread.start()
    return thread


def _apart(pk: int) -> None:
    try:
        turn(pk)
    except Exception:
        log.exception("mailbox turn failed", mailbox=pk)
    finally:
        connections.close_all()
        PARALLEL.release()
        with _lock:
            _busy.discard(pk)


def turn(pk: int) -> int:
    """Fetch up to A_TURN mails; answers how many came. What goes wrong is written at the mailbox."""
    mailbox = Mailbox.objects.get(pk=pk)
    place = _Place()
    server: Connection | None = None
    try:
        with connected(mailbox) as server:
            fetched, waiting, trouble = _fetch(mailbox, server, place)
    except Exception as error:
        if not isinstance(error, OSError | imaplib.IMAP4.error):
            log.exception("mailbox cannot be read", mailbox=pk)
        reason = _("It took too long.") if server is not None and server.is_late else sentence(error)
        note_failed_look(mailbox, reason, at_uid=place.uid, most_tries=TRIES, by=None)
        return place.fetched
    note_good_look(mailbox, fetched=fetched, waiting=waiting, trouble=trouble, by=None)
    return fetched


def check(pk: int) -> None:
    """Try whether a mailbox can be read, and write the answer there."""
    mailbox = Mailbox.objects.get(pk=pk)
    try:
        with connected(mailbox) as server:
            count = _number(server.select_folder(mailbox.folder, readonly=True), b"EXISTS")
            if mailbox.after_reading == AfterReading.MOVE and not server.folder_exists(mailbox.move_to):
                note_check(mailbox, True, _("It works. The folder “%(folder)s” will be made.")
                           % {"folder": mailbox.move_to}, by=None)  # fmt: skip
                return
    except Exception as error:
        if not isinstance(error, OSError | imaplib.IMAP4.error):
            log.exception("mailbox cannot be checked", mailbox=pk)
        note_check(mailbox, False, sentence(error), by=None)
    else:
        note_check(mailbox, True, _("It works. Mails in the folder: %(count)s") % {"count": count}, by=None)


class _Place:
    """Where in a turn we are, for the case that it ends here."""

    uid = 0
    fetched = 0


def _fetch(mailbox: Mailbox, server: Connection, place: _Place) -> tuple[int, int, str]:
    folder = server.select_folder(mailbox.folder)
    _settle(mailbox, server, folder)
    if mailbox.after_reading == AfterReading.MOVE and not server.folder_exists(mailbox.move_to):
        server.create_folder(mailbox.move_to)
    uids = _uids(mailbox, server)
    known = _known(mailbox, uids)
    new = [uid for uid in uids if uid not in known]
    trouble = ""
    for uid in uids if mailbox.after_reading == AfterReading.KEEP else [*new[:A_TURN], *sorted(known)[:A_TURN]]:
        if place.fetched >= A_TURN:
            break
        server.must_end_within(LONGEST_TALK)
        place.uid = uid
        if uid not in known:
            if not _take(mailbox, server, uid):
                continue
            place.fetched += 1
        trouble = _finish(mailbox, server, uid) or trouble
        note_place(mailbox, uid, by=None)
    place.uid = 0
    return place.fetched, max(0, len(new) - place.fetched), trouble


def _settle(mailbox: Mailbox, server: Connection, folder: dict[bytes, Any]) -> None:
    """Learn the folder's count. If it counts anew, all UIDs mean other mails: take those since the last good look
    again; what is here already is recognised by its content.
    """
    validity = _number(folder, b"UIDVALIDITY")
    if validity == mailbox.uid_validity:
        return
    next_uid = _number(folder, b"UIDNEXT") or max(server.search(["ALL"]), default=0) + 1
    if mailbox.uid_validity is None:
        first = 0 if mailbox.takes_old else next_uid - 1
    elif mailbox.takes_old or mailbox.last_good_at is None:
        first = 0
    else:
        since = server.search(["SINCE", (mailbox.last_good_at - timedelta(days=1)).date()])
        first = min(since, default=next_uid) - 1
    start_counting(mailbox, validity, first, by=None)


def _uids(mailbox: Mailbox, server: Connection) -> list[int]:
    """What lies there and was not done with yet, oldest first."""
    after = mailbox.last_uid if mailbox.after_reading == AfterReading.KEEP else mailbox.first_uid
    skipped = {each["uid"] for each in mailbox.skipped}
    found = server.search(["UNDELETED", "UID", f"{after + 1}:*"])
    # "5:*" means the last mail, too, if there is none from 5 on (RFC 3501, 6.4.8).
    return sorted(uid for uid in set(found) if uid > after and uid not in skipped)[:LONGEST_LIST]


def _known(mailbox: Mailbox, uids: list[int]) -> set[int]:
    keys = {delivery_key(mailbox, uid): uid for uid in uids}
    found: set[int] = set()
    for few in _by_hundreds(list(keys)):
        rows = RawMail.objects.filter(delivery_key__in=few).values_list("delivery_key", flat=True)
        found |= {keys[key] for key in rows if key is not None}
    return found


def delivery_key(mailbox: Mailbox, uid: int) -> str:
    """One mail in one folder of one account, whatever happens to the read flag."""
    place = hashlib.sha256(f"{mailbox.host.lower()}\x1f{mailbox.user}\x1f{mailbox.folder}".encode()).hexdigest()[:16]
    return f"imap:{mailbox.pk}:{place}:{mailbox.uid_validity}:{uid}"


def _take(mailbox: Mailbox, server: Connection, uid: int) -> bool:
    """Store one mail; False if there is nothing to be done with it."""
    try:
        size = _one(server, uid, "RFC822.SIZE", int)
        if size is None:
            return False  # somebody took it away in the meantime
        if size > LARGEST:
            header = _one(server, uid, f"BODY.PEEK[HEADER]<0.{HEADER}>", bytes) or b""
            found = parse_in_child(header, ourselves=ourselves())
            parsed = found if isinstance(found, Parsed) else Parsed()
            receive_too_large(header, parsed, size=size, mailbox=mailbox, delivery_key=delivery_key(mailbox, uid))
            return True
        server.must_end_within(LONGEST_TALK + size / SLOWEST)
        raw = _one(server, uid, "BODY.PEEK[]", bytes)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, ProtocolError, ValueError, TypeError, KeyError) as error:
        skip_mail(mailbox, uid, sentence(error), by=None)
        return False
    if raw is None:
        return False
    receive(raw, way="imap", mailbox=mailbox, delivery_key=delivery_key(mailbox, uid))
    return True


def _one[T](server: Connection, uid: int, item: str, kind: type[T]) -> T | None:
    """One item of one mail; None if the mail is gone; ValueError if the server does not answer with it."""
    answer = server.fetch([uid], [item]).get(uid, {})
    for name, value in answer.items():
        if name.upper().startswith(item.upper().replace(".PEEK", "").partition("<")[0].encode()):
            if not isinstance(value, kind):
                raise ProtocolError(f"{item} of mail {uid} is no {kind.__name__}")
            return value
    if uid in server.search(["UID", str(uid)]):
        raise ProtocolError(f"the server did not deliver mail {uid}")
    return None


def _finish(mailbox: Mailbox, server: Connection, uid: int) -> str:
    """After it is stored: mark, move or delete it there. If the server does not want to, that is told."""
    if RawMail.objects.filter(delivery_key=delivery_key(mailbox, uid), state=RawMail.State.TOO_LARGE).exists():
        return ""  # the only whole copy stays where it is
    try:
        if mailbox.after_reading == AfterReading.KEEP:
            server.add_flags([uid], [b"\\Seen"], silent=True)
        elif mailbox.after_reading == AfterReading.MOVE and server.has_capability("MOVE"):
            server.move([uid], mailbox.move_to)
        else:
            if mailbox.after_reading == AfterReading.MOVE:
                server.copy([uid], mailbox.move_to)
            server.delete_messages([uid], silent=True)
            if server.has_capability("UIDPLUS"):  # without it, what others deleted would go, too
                server.uid_expunge([uid])
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        return _("Mail was fetched, but not put away: %(words)s") % {"words": sentence(error)}
    return ""


def _number(folder: dict[bytes, Any], name: bytes) -> int:
    value = folder.get(name, 0)
    return int(value[0] if isinstance(value, list | tuple) else value)


def _by_hundreds(keys: list[str]) -> Iterable[list[str]]:
    return (keys[start : start + 500] for start in range(0, len(keys), 500))


loops.register("mail: fetch", fetch_due, every=2)
