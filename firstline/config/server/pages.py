"""Django's pages under an ASGI server: each request is read whole, answered in a thread, then sent.

Why not a2wsgi: there the page's thread itself waits for the client's bytes, in both directions, so that as
many slow clients as there are threads stop the site. Here a thread is held only while Django computes.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any
from wsgiref.util import FileWrapper

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LARGEST_BODY = 64 * 1024 * 1024  # bytes; a mail with attachments pasted into a form is the largest we expect
IN_MEMORY = 1024 * 1024  # bytes of a body kept in memory before it goes to a temporary file
PIECE = 256 * 1024  # bytes sent at once
# A body must come at 8 KB a second on average, after 20 seconds of grace; an answer's piece be taken in 60.
GRACE_SECONDS = 20.0
LEAST_BYTES_PER_SECOND = 8 * 1024
SEND_SECONDS = 60.0
MOST_WAITING = 200  # requests that may wait for a thread; at some 10 ms a page that is two seconds


class TooLarge(Exception):
    """The body is larger than we take."""


class TooSlow(Exception):
    """The client does not send or take its bytes."""


class Gone(Exception):
    """The client has left."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: Headers
    body: IO[bytes]
    size: int | None  # None: unknown, read to the end
    close: Callable[[], None]


class Pages:
    """An ASGI application that answers with a WSGI application in a pool of threads."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="file")
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._waiting >= MOST_WAITING:
            await say(send, 503, "Too many people ask at once. Please try again in a moment.", (b"retry-after", b"2"))
            return
        try:
            body = await _read(scope, receive)
        except TooLarge:
            await say(send, 413, "That is more than we take at once (64 MB).", (b"connection", b"close"))
            return
        except TooSlow:
            await say(send, 408, "Your data came too slowly.", (b"connection", b"close"))
            return
        except Gone:
            return
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            answer = await loop.run_in_executor(self._threads, self._run, scope, body)
        finally:
            self._waiting -= 1
            body.close()
        try:
            await self._send(answer, send, head_only=scope["method"] == "HEAD")
        finally:
            await loop.run_in_executor(self._readers, answer.close)

    def _run(self, scope: Scope, body: IO[bytes]) -> Answer:
        """In a thread: let Django answer, and take the whole answer except for files, which are read later."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started[:] = [int(status[:3]), headers]
            return None

        result = self._application(environ_of(scope, body), start_response)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in started[1]]
        if isinstance(result, FileWrapper):
            return Answer(started[0], headers, result.filelike, None, result.close)
        try:
            collected = _collect(result)
        finally:
            if (close := getattr(result, "close", None)) is not None:
                close()
        size = collected.tell()
        collected.seek(0)
        if not any(name == b"content-length" for name, _ in headers) and started[0] not in {204, 304}:
            headers.append((b"content-length", str(size).encode()))
        return Answer(started[0], headers, collected, size, collected.close)

    async def _send(self, answer: Answer, send: Send, *, head_only: bool) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if head_only:
            await send({"type": "http.response.body", "body": b""})
            return
        if answer.size is not None and answer.size <= IN_MEMORY:
            await send({"type": "http.response.body", "body": answer.body.read()})
            return
        loop = asyncio.get_running_loop()
        while piece := await loop.run_in_executor(self._readers, answer.body.read, PIECE):
            async with asyncio.timeout(SEND_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._readers.shutdown(wait=False, cancel_futures=True)


async def say(send: Send, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> None:
    """Answer with one plain sentence: for what must be said without Django."""
    body = sentence.encode()
    plain = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": body})


async def _read(scope: Scope, receive: Receive) -> IO[bytes]:
    """The whole body. `TooLarge`, `TooSlow` or `Gone` if it cannot be had."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    # The parser has refused what is no number and what is announced twice.
    if int(announced) > LARGEST_BODY:
        raise TooLarge
    loop = asyncio.get_running_loop()
    begun, size = loop.time(), 0
    body: Any = io.BytesIO()
    while True:
        deadline = begun + GRACE_SECONDS + size / LEAST_BYTES_PER_SECOND
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            body.close()
            raise TooSlow from None
        if message["type"] == "http.disconnect":
            body.close()
            raise Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > LARGEST_BODY:
            body.close()
            raise TooLarge
        if size > IN_MEMORY and isinstance(body, io.BytesIO):
            body = _to_disk(body)
        body.write(piece)
        if not message.get("more_body", False):
            body.seek(0)
            return body  # type: ignore[no-any-return]


def _to_disk(body: io.BytesIO) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by whoever reads it
    file.write(body.getvalue())
    return file


def _collect(result: Iterable[bytes]) -> Any:
    """The answer's bytes: in memory while small, else in a temporary file, so that no thread waits for a reader."""
    collected: Any = io.BytesIO()
    for piece in result:
        collected.write(piece)
        if isinstance(collected, io.BytesIO) and collected.tell() > IN_MEMORY:
            collected = _to_disk(collected)
    return collected


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """The request as WSGI wants it (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:  # would be read as its twin with a hyphen
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if name not in {"CONTENT_LENGTH", "CONTENT_TYPE"}:
            name = f"HTTP_{name}"
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    if "HTTP_TRANSFER_ENCODING" in environ:  # we have read it all, so the length is known
        del environ["HTTP_TRANSFER_ENCODING"]
        environ["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
        body.seek(0)
    return environ
