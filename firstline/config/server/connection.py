"""One connection: uvicorn's, with a deadline for the head of a request and a bound on its size.

Without them a client that sends a byte now and then, or none, holds its connection for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
LARGEST_HEAD = 64 * 1024  # bytes
MOST_CONNECTIONS = 4000  # also bounded by the process's open files


class Connection(HttpToolsProtocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True
        if len(self.connections) > MOST_CONNECTIONS:
            transport.close()
            return
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            if self._head_bytes > LARGEST_HEAD:
                self.send_400_response("The head of the request is too large.")
                return
            self._head_bytes += len(data)  # may hold the body's beginning, too
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._start_deadline()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = 0
        self._stop_deadline()
        size = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if size > LARGEST_HEAD or _is_ambiguous(self.headers, self.parser.get_http_version()):
            raise ValueError("refused")  # the parser stops, and data_received answers 400
        super().on_headers_complete()

    def _start_deadline(self) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def _is_ambiguous(headers: list[tuple[bytes, bytes]], version: str) -> bool:
    """Whether two readers could disagree about where this request ends or whom it is for (RFC 9112, 3.2 and 6.3)."""
    names = [name for name, _ in headers]
    if version not in {"1.0", "1.1"} or names.count(b"content-length") > 1:
        return True
    if names.count(b"host") != 1 and not (version == "1.0" and b"host" not in names):
        return True
    return b"content-length" in names and b"transfer-encoding" in names


def open_many_files() -> None:
    """Let this process hold as many connections as the system allows it."""
    try:
        import resource  # noqa: PLC0415 -- optional dependency
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 500
    limit: Any = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
