"""Clients who mean it: what was not acknowledged they ask for again, with the same key."""

from __future__ import annotations

import json
import smtplib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from tests.drills import mails
from tests.drills.ledger import Ledger
from tests.rig.wire import Broken, Wire, request

ADDRESS = "help@firstline.example"
PATIENCE = 90  # seconds a client goes on asking for one thing
TRY_AGAIN = {429, 500, 502, 503, 504}


class Clients:
    """Some threads that work until the block ends, or until what they have to do is done."""

    def __init__(self, works: Iterable[Callable[[Clients], None]], *, gives_up: bool = False) -> None:
        """`gives_up`: at the end nobody asks again for what was not acknowledged."""
        self.gives_up = gives_up
        self.stopping = threading.Event()
        self._threads = [threading.Thread(target=work, args=(self,), daemon=True) for work in works]

    def wait(self, seconds: float = 600) -> None:
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self.wait(PATIENCE)


def asking(
    port: int, token: str, ledger: Ledger, run: str, *, answering: bool = False, words: int = 5, count: int = 1_000_000
) -> Callable[[Clients], None]:
    """Opens ticket after ticket by the API; with `answering`, an agent's answer follows, which is sent by mail."""

    def work(clients: Clients) -> None:
        number = 0
        with Wire(port, timeout=20) as wire:
            while not clients.stopping.is_set() and number < count:
                number += 1
                key = f"{run}-{number}"
                said: dict[str, Any] = {"subject": key, "text": "word " * words, "requester": f"{key}@drill.example"}
                opened = _insist(clients, wire, "/api/v1/tickets", said, key, token, ledger)
                if opened is None:
                    return
                if answering:
                    path, said = f"/api/v1/tickets/{opened['number']}/messages", {"text": "A", "visibility": "public"}
                    _insist(clients, wire, path, said, f"{key}-answer", token, ledger, counts=False)

    return work


def _insist(
    clients: Clients,
    wire: Wire,
    path: str,
    said: dict[str, Any],
    key: str,
    token: str,
    ledger: Ledger,
    *,
    counts: bool = True,
) -> dict[str, Any] | None:
    bytes_ = request(
        "POST", path, body=json.dumps(said).encode(), content_type="application/json",
        authorization=f"Bearer {token}", idempotency_key=key,
    )  # fmt: skip
    if counts:
        ledger.invoke(key)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if clients.gives_up and clients.stopping.is_set():
            return None
        try:
            answer = wire.ask(bytes_)
        except Broken:
            time.sleep(0.02)
            continue
        if answer.status == 201:
            if counts:
                ledger.ok(key)
            found: dict[str, Any] = json.loads(answer.body or b"{}")
            return found
        ledger.refused(key, answer.status)
        if answer.status not in TRY_AGAIN:
            ledger.fault(f"{key}: {answer.status} {answer.body[:200]!r}")
            return None
        time.sleep(0.05)
    ledger.fault(f"{key}: nobody answered for {PATIENCE} s")
    return None


def mailing(port: int, mails: Iterable[tuple[str, bytes]], ledger: Ledger) -> Callable[[Clients], None]:
    """Delivers mails by SMTP; one that was not answered with 250 is sent again."""

    def work(clients: Clients) -> None:
        post = _Post(port)
        for key, raw in mails:
            if clients.stopping.is_set():
                break
            ledger.invoke(key)
            deadline = time.monotonic() + PATIENCE
            while not post.deliver(raw):
                if clients.gives_up and clients.stopping.is_set():
                    return
                if time.monotonic() > deadline:
                    ledger.fault(f"{key}: nobody took it for {PATIENCE} s")
                    return
                time.sleep(0.05)
            ledger.ok(key)
        post.close()

    return work


def numbered(run: str, count: int, *, pause: float = 0) -> Iterator[tuple[str, bytes]]:
    """Good mails to deliver, with the keys RUN-0, RUN-1 …"""
    for number in range(count):
        yield f"{run}-{number}", mails.good(f"{run}-{number}")
        time.sleep(pause)


class _Post:
    """A connection to the mail listener that is made again when it breaks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: smtplib.SMTP | None = None

    def deliver(self, raw: bytes) -> bool:
        try:
            if self._server is None:
                self._server = smtplib.SMTP("127.0.0.1", self._port, timeout=20)
            self._server.sendmail("someone@drill.example", [ADDRESS], raw)
        except (OSError, smtplib.SMTPException):
            self.close()
            return False
        return True

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
