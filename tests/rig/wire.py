"""HTTP as cheaply as Python can: one kept connection, bytes in, bytes out. A client must not cost what it measures."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Self

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Broken(ConnectionError):
    """The server has gone before its answer was whole: nobody knows what became of the request."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes


def request(method: str, path: str, *, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request; `user_agent=…` is the header User-Agent."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    if body or method not in {"GET", "HEAD"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Wire:
    """One kept connection to a port of this machine; connects anew when it was closed."""

    def __init__(self, port: int, *, timeout: float = 30.0) -> None:
        self._port = port
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def ask(self, said: bytes) -> Answer:
        """Send a request and wait for its answer; `Broken` if there is none."""
        is_fresh = self._socket is None
        try:
            return self._once(said)
        except Broken:
            self.close()
            if is_fresh or not said.startswith(b"GET "):
                raise
            return self._once(said)

    def _once(self, said: bytes) -> Answer:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(said)
            got = bytearray()
            while (end := got.find(b"\r\n\r\n")) < 0:
                got += self._more()
            head = bytes(got[:end])
            found = _LENGTH.search(head)
            whole = end + 4 + (int(found[1]) if found else 0)
            while len(got) < whole:
                got += self._more()
        except OSError as error:
            self.close()
            raise Broken(str(error)) from error
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return Answer(int(head[9:12]), head, bytes(got[end + 4 : whole]))

    def _more(self) -> bytes:
        assert self._socket is not None
        got = self._socket.recv(262_144)
        if not got:
            raise Broken("closed before the answer was whole")
        return got

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
