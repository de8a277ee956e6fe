"""Desks that are wrong on purpose:  python -m tests.drills.broken VARIANT[:VALUE][+…] firstline's arguments …

A drill that cannot fail shows nothing. So each is run against the mistake it is there to find, too.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import io
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any


def acknowledges_early() -> None:
    """Says "created" a little before it is committed, as a desk that trusts its memory would."""
    from firstline.config.server import pages

    async def early(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST":
            await right(self, scope, receive, send)
            return
        message = await receive()
        body = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 201, "headers": body})
        await send({"type": "http.response.body", "body": b"{}"})

        async def again() -> Any:
            return message

        async def nobody(_message: Any) -> None:
            pass

        async def later() -> None:
            await asyncio.sleep(0.3)
            await right(self, scope, again, nobody)

        _running.add(asyncio.ensure_future(later()))

    right = pages.Pages.__call__
    _replace(pages.Pages, "__call__", early)


def takes_every_copy() -> None:
    """Knows no two mails as the same."""
    from firstline.channels.email import queries

    _replace(queries, "content_key", lambda *_args: secrets.token_hex(32))


def reads_naively() -> None:
    """Reads mail in its own process with the standard library, as most desks do."""
    from email import message_from_bytes, policy

    from firstline.channels.email.engine.parse import parse
    from firstline.channels.email.jobs import reading

    def naive(raw: bytes, *_limits: Any, ourselves: Any = None) -> Any:
        message = message_from_bytes(raw, policy=policy.default)
        for name in ("to", "cc", "from", "subject", "date"):
            str(message[name])
        for part in message.walk():
            if part.get_content_maintype() == "text":
                part.get_content()
        return parse(raw)

    _replace(reading, "parse_in_child", naive)


def forgets_the_dead() -> None:
    """Never takes up the jobs of a worker that died."""
    from django_ox.worker import Worker

    _replace(Worker, "reap", lambda _self: 0)


def renames_what_it_resends() -> None:
    """Gives a mail another Message-ID each time it is tried."""
    from firstline.channels.email import rules
    from firstline.channels.email.jobs import sending

    right = sending.compose

    def renamed(mail: Any) -> Any:
        message = right(mail)
        del message["Message-ID"]
        message["Message-ID"] = rules.new_message_id()
        return message

    _replace(sending, "compose", renamed)


def waits_long() -> None:
    """Lets a page wait for the database for as long as many do by default."""
    from firstline.core.database.sqlite import base

    base.WAIT_SECONDS = 12.0


def believes_any_sqlite() -> None:
    from firstline.core.database.sqlite import library

    _replace(library, "is_sound", lambda _version: True)


def knows_no_leader() -> None:
    """Every process leads, and nobody says that a mail is taken."""
    from firstline.channels.email.jobs import sending
    from firstline.core.leases.leadership import Leadership

    def take(self: Any) -> int:
        self._token = 1
        return 1

    _replace(Leadership, "take", take)
    _replace(Leadership, "token", property(lambda _self: 1))
    _replace(Leadership, "confirm", lambda _self: 1)
    right = sending._send

    def unclaimed(mail: Any, server: Any) -> None:
        time.sleep(0.2)  # as long as a mail takes over a real line
        mail.refresh_from_db(fields=["state", "attempts"])
        right(mail, server)

    _replace(sending, "_send", unclaimed)


def says_yes_always() -> None:
    """Hides that something went wrong, so that nobody is worried."""
    from firstline.config.server import pages

    right = pages.Pages._run

    def yes(self: Any, scope: Any, body: Any) -> Any:
        answer = right(self, scope, body)
        if scope["method"] == "POST" and answer.status >= 500:
            answer = pages.Answer(201, [(b"content-length", b"2")], io.BytesIO(b"{}"), 2, lambda: None)
        return answer

    _replace(pages.Pages, "_run", yes)


def writes_the_row_first() -> None:
    """Commits the row and hopes that the file will follow."""
    from firstline.core import files

    right = files.store

    def hopeful(pieces: Any, *, largest: int | None = None) -> Any:
        whole = b"".join(pieces)
        try:
            return right([whole], largest=largest)
        except files.NoSpace:
            return files.StoredFile(hashlib.sha256(whole).hexdigest(), len(whole))

    _replace(files, "store", hopeful)


def flushes_seldom() -> None:
    """SQLite with synchronous=NORMAL, as many recommend for speed."""
    from firstline.core.database.sqlite import base

    if "synchronous=FULL" not in base.DURABLE:
        raise AssertionError("the control has lost its target")
    base.DURABLE = base.DURABLE.replace("synchronous=FULL", "synchronous=NORMAL")


def gives_up_soon() -> None:
    """Tries for an hour."""
    from firstline.channels.email.jobs import sending

    _replace(sending, "GIVE_UP_AFTER", timedelta(hours=1))


def sends_to_all_again() -> None:
    """Takes a mail to ten people for one thing: if one of them cannot be reached, all get it again."""
    from firstline.channels.email.jobs import sending
    from firstline.channels.email.models import OutgoingMail
    from firstline.core import clock
    from firstline.core.actions import acting

    right = sending._failed

    def all_again(mail: Any, reason: str, *, is_final: bool) -> None:
        right(mail, reason, is_final=is_final)
        if mail.attempts < 3:
            with acting():
                OutgoingMail.objects.filter(reply=mail.reply_id).update(state="waiting", due_at=clock.now())

    _replace(sending, "_failed", all_again)


def puts_away_first() -> None:
    """Deletes a mail on its server as soon as it was fetched, and keeps it then."""
    fetching: Any = importlib.import_module(_FETCHING)
    take, receive = fetching._take, fetching.receive
    now: list[Any] = []

    def remembering(*place: Any) -> Any:
        now[:] = place
        return take(*place)

    def late(*said: Any, **facts: Any) -> Any:
        fetching._finish(*now)
        fetching.note_place(now[0], now[2], by=None)
        return receive(*said, **facts)

    _replace(fetching, "_take", remembering)
    _replace(fetching, "receive", late)


def dies(place: str) -> None:
    """Ends as if killed when it comes to a place; not a mistake, but what the desk has to bear."""
    module, name, is_before = DEATHS[place]
    owner: Any = importlib.import_module(module)
    *path, name = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    right = getattr(owner, name)

    def deadly(*said: Any, **facts: Any) -> Any:
        if not is_before:
            right(*said, **facts)
        os._exit(137)

    _replace(owner, name, deadly)


def dies_at(where: str) -> None:
    """Is killed at its n-th point: before a statement, a commit or a call of a transaction that touches a run, or after
    it. `where` is NAME,N. With 0 it does not die, but notes in the data folder which points there are."""
    from django.conf import settings
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.signals import connection_created

    from firstline.core import outbound

    name, _comma, number = where.partition(",")
    noted = Path(settings.DATA) / f"points-{name}"
    count, lock = 0, threading.Lock()
    touched: set[Any] = set()  # the connections whose transaction is about a run

    def point(label: str) -> None:
        nonlocal count
        with lock:
            count += 1
            if number == "0":
                with noted.open("a") as file:
                    file.write(f"{label}\n")
            elif count == int(number):
                os.killpg(os.getpid(), signal.SIGKILL)

    def watching(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        connection, words = context["connection"], str(sql)
        is_write = words.lstrip()[:6] in {"INSERT", "UPDATE", "DELETE"}
        if connection.in_atomic_block and "workflow_" in words:
            touched.add(connection)
        if is_write and connection in touched:
            point(words.split('"')[1] if '"' in words else words[:30])
        return execute(sql, params, many, context)

    def watch(sender: Any, connection: Any, **_more: Any) -> None:
        if watching not in connection.execute_wrappers:
            connection.execute_wrappers.append(watching)

    connection_created.connect(watch, weak=False)
    right_commit, right_send = BaseDatabaseWrapper.commit, outbound.send

    def commit(self: Any) -> None:
        is_ours = self in touched
        if is_ours:
            point("commit")
        right_commit(self)
        if is_ours:
            touched.discard(self)
            point("committed")

    def send(*said: Any, **more: Any) -> Any:
        point("asking")
        answer = right_send(*said, **more)
        point("asked")
        return answer

    _replace(BaseDatabaseWrapper, "commit", commit)
    _replace(outbound, "send", send)


def asks_before_it_is_kept() -> None:
    """Asks the other system within the transaction, as soon as the step opens, with an id of the moment."""
    from firstline.core import outbound
    from firstline.flow.workflows.engine.definition import CallOut
    from firstline.flow.workflows.engine.inputs import Finished

    moving: Any = importlib.import_module("firstline.flow.workflows.actions._moving")
    right = moving.open_step

    def at_once(move: Any, row: Any, step: Any, effect: Any) -> None:
        if not isinstance(step, CallOut):
            right(move, row, step, effect)
            return
        outbound.send(step.url, headers={"Idempotency-Key": secrets.token_hex(8)})
        move.told(Finished(str(row.number), "", {"said": "yes"}))

    _replace(moving, "open_step", at_once)


_FETCHING = "firstline.channels.email.jobs.fetching"
_CONNECTION = "firstline.channels.email.jobs.connecting"
# Where a process may die while it fetches mail: what comes then, and whether before or after it.
DEATHS: dict[str, tuple[str, str, bool]] = {
    "before it looks at a mail": (_FETCHING, "_take", True),
    "before it keeps a mail": (_FETCHING, "receive", True),
    "with the file kept, before the row": ("firstline.channels.email.actions.receive", "keep", True),
    "with the mail kept": (_FETCHING, "receive", False),
    "before it puts it away": (_FETCHING, "_finish", True),
    "with the mail marked as read": (_CONNECTION, "Connection.add_flags", False),
    "with the mail moved": (_CONNECTION, "Connection.move", False),
    "with the mail marked as deleted": (_CONNECTION, "Connection.delete_messages", False),
    "with the mail expunged": (_CONNECTION, "Connection.uid_expunge", False),
    "with the mail put away": (_FETCHING, "_finish", False),
    "with its place noted": (_FETCHING, "note_place", False),
    "before it notes a good look": (_FETCHING, "note_good_look", True),
}


def _replace(place: Any, name: str, wrong: Any) -> None:
    """Only what is there can be broken: a control that has lost its target must not look like a finding."""
    getattr(place, name)
    setattr(place, name, wrong)


_running: set[Any] = set()
VARIANTS: dict[str, Callable[..., None]] = {
    variant.__name__: variant
    for variant in (
        acknowledges_early, takes_every_copy, reads_naively, forgets_the_dead, renames_what_it_resends, waits_long,
        believes_any_sqlite, knows_no_leader, says_yes_always, writes_the_row_first, flushes_seldom, gives_up_soon,
        sends_to_all_again, puts_away_first, dies, dies_at, asks_before_it_is_kept,
    )
}  # fmt: skip


def main() -> None:
    asked = [word.partition(":") for word in sys.argv.pop(1).split("+")]

    def variant() -> None:
        for name, _colon, value in asked:
            VARIANTS[name](*([value] if value else []))

    from django.apps import apps

    if apps.ready:  # a warm start, see tests/rig/nest.py
        variant()
    else:
        _once_set_up(variant)
    from firstline.__main__ import main as firstline

    sys.argv[0] = "firstline"
    firstline()


def _once_set_up(variant: Callable[[], None]) -> None:
    from firstline.config import commands

    right = commands.set_up

    def set_up() -> None:
        right()
        variant()

    commands.set_up = set_up


if __name__ == "__main__":
    main()
