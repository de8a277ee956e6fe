"""A mail server that notes every mail it accepts, may be in a bad mood, and may do something bad at that moment."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from email import message_from_bytes
from typing import Any, Literal, Self

from aiosmtpd.controller import Controller

from tests.rig.desk import free_port

# later: says to try again; drops: hangs up where the 250 would be; greets late: only who comes a second time is let in
Mood = Literal["good", "refuses", "later", "drops", "greylists"]

PORT = free_port()  # one for all, so that desks need not be set up anew for another


class Sink:
    """`got`: recipient → the Message-IDs of the mails accepted for them, in order."""

    def __init__(self, *, at_each: Callable[[str], None] = lambda _recipient: None) -> None:
        self.got: dict[str, list[str]] = defaultdict(list)
        self.tries: Counter[str] = Counter()
        self.unknown: set[str] = set()  # addresses answered with 550
        self._mood: Mood = "good"
        self._at_each = at_each
        self._lock = threading.Lock()
        self._controller = self._new()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{PORT}"

    @property
    def count(self) -> int:
        return sum(map(len, self.got.values()))

    def turn(self, mood: Mood) -> None:
        if "refuses" in (mood, self._mood) and mood != self._mood:
            if mood == "refuses":
                self._controller.stop()
            else:
                self._controller = self._new()
                self._controller.start()
        self._mood = mood

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self.tries[address] += 1
        if address in self.unknown:
            return "550 5.1.1 Nobody is called that here"
        if self._mood == "later" or (self._mood == "greylists" and self.tries[address] % 2):
            return "451 4.7.1 Please come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        if self._mood == "drops":
            server.transport.close()
            return "451 gone"
        name = str(message_from_bytes(envelope.content)["Message-ID"])
        with self._lock:
            for recipient in envelope.rcpt_tos:
                self.got[recipient].append(name)
        for recipient in envelope.rcpt_tos:
            self._at_each(recipient)
        return "250 OK"

    def _new(self) -> Controller:
        return Controller(self, hostname="127.0.0.1", port=PORT, ready_timeout=15)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._mood != "refuses":
            self._controller.stop()
