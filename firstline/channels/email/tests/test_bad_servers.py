"""IMAP servers that answer nonsense, lie, or say nothing (TRUST B8, B9)."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from firstline.channels.email.actions.mailbox import save_mailbox
from firstline.channels.email.jobs import connecting
from firstline.channels.email.jobs.fetching import turn
from firstline.channels.email.models import Mailbox, RawMail, Security

from .letters import letter

Answer = Callable[[int, str], bytes]


class Bad(socketserver.ThreadingTCPServer):
    """Speaks enough IMAP for one folder; what it answers to FETCH is up to the test."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, count: int, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.count, self.answer = count, answer
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    server: Bad

    def handle(self) -> None:
        self.wfile.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := self.rfile.readline():
            tag, command, *rest = line.decode("utf-8", "replace").strip().split(" ", 2)
            words = " ".join([command, *rest])
            if command.upper() == "LOGOUT":
                return
            self.wfile.write(self._say(words) + f"{tag} OK done\r\n".encode())

    def _say(self, words: str) -> bytes:
        if words.upper().startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if words.upper().startswith(("SELECT", "EXAMINE")):
            count = self.server.count
            return f"* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {count + 1}] x\r\n".encode()
        if words.upper().startswith("UID SEARCH"):
            first = re.search(r"UID (\d+)(:\*)?", words.removeprefix("UID SEARCH"))
            start = int(first[1]) if first else 1
            last = self.server.count if not first or first[2] else start
            return b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(start, last + 1)) + b"\r\n"
        if words.upper().startswith("UID FETCH"):
            uid = int(words.split(" ")[2])
            return self.server.answer(uid, words)
        return b""


def good(uid: int, words: str) -> bytes:
    raw = letter(f"Mail {uid}", message_id=f"<bad-{uid}@example.org>")
    if "RFC822.SIZE" in words:
        return b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, uid, len(raw))
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (uid, uid, len(raw)) + raw + b")\r\n"


@pytest.fixture
def serve(settings: Any, db: Any) -> Iterator[Callable[[int, Answer], Mailbox]]:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]
    servers: list[Bad] = []

    def make(count: int, answer: Answer) -> Mailbox:
        servers.append(Bad(count, answer))
        box = Mailbox(name="bad", address="bad@desk.example", host="127.0.0.1", port=servers[-1].server_address[1],
                      user="x", security=Security.NONE, takes_old=True)  # fmt: skip
        return save_mailbox(box, password="x", by=None)

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


NONSENSE = [
    b"* %d FETCH (UID %d BODY[] NIL)\r\n", b"* %d FETCH (UID %d BODY[])\r\n", b"* %d FETCH (UID %d ((((\r\n",
    b'* %d FETCH (UID %d BODY[] "back\\slash)\r\n', b"* %d FETCH (UID %d BODY[] 17)\r\n", b"* %d FETCH (UID %d)\r\n",
    b"* %d FETCH (UID %d BODY[] (a b c))\r\n", b"* %d FETCH )(%d\r\n",
]  # fmt: skip


@pytest.mark.abuse("B8")
def test_b8_a_mail_that_is_answered_with_nonsense_is_skipped_and_listed_and_others_come(serve: Any) -> None:
    def answer(uid: int, words: str) -> bytes:
        if uid % 2 and "BODY" in words:
            return NONSENSE[(uid // 2) % len(NONSENSE)] % (uid, uid)
        return good(uid, words)

    box = serve(40, answer)

    for _turn in range(4):
        turn(box.pk)

    box.refresh_from_db()
    assert RawMail.objects.count() == 20
    assert [each["uid"] for each in box.skipped] == list(range(1, 41, 2))
    assert all(each["reason"] for each in box.skipped)


@pytest.mark.abuse("B8")
def test_b8_a_literal_that_lies_costs_three_tries_and_then_only_itself(serve: Any) -> None:
    def answer(uid: int, words: str) -> bytes:
        lie = b"* %d FETCH (UID %d BODY[] {99999999999}\r\nabc" % (uid, uid)
        return lie if uid == 2 and "BODY" in words else good(uid, words)

    box = serve(4, answer)

    for _turn in range(4):
        turn(box.pk)

    box.refresh_from_db()
    assert (RawMail.objects.count(), [each["uid"] for each in box.skipped]) == (3, [2])


@pytest.mark.slow
@pytest.mark.abuse("B9")
def test_b9_a_server_that_falls_silent_or_trickles_keeps_no_thread_for_long(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "LONGEST_TALK", 2)
    monkeypatch.setattr("firstline.channels.email.jobs.fetching.LONGEST_TALK", 2)

    def answer(uid: int, words: str) -> bytes:
        if "BODY" in words:
            time.sleep(30)
        return good(uid, words)

    box = serve(1, answer)
    begun = time.monotonic()

    turn(box.pk)

    box.refresh_from_db()
    assert time.monotonic() - begun < 10
    assert (box.failures, box.last_error, RawMail.objects.count()) == (1, "It took too long.", 0)
