"""GET /live?topics=ticket:42,queue: a stream of server-sent events that says what has changed, and nothing else.

Not Django: hundreds of streams are open at once, each nearly always silent. All database work is done by one thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, reset_queries
from django.http.cookie import parse_cookie

from .announce import forget_old_news
from .feed import Feed, Reading, Told
from .presence import forget_the_gone
from .sessions import people_of
from .topics import is_allowed, parse

LOOK_SECONDS = 0.3  # between two looks for news
CHECK_SECONDS = 4.0  # within which every stream's session is checked again, and its permissions where in doubt
SLICES = 8  # … a part of the streams at a time, so that no check takes long
CERTAIN_SECONDS = 60.0  # after which a permission is checked again even where no event casts doubt on it
HEARTBEAT_SECONDS = 15.0  # a silent stream says it is alive: proxies cut silent connections
SEND_SECONDS = 30.0
UPKEEP_SECONDS = 15.0
MOST_STREAMS = 3000
MOST_OF_ONE_SESSION = 40

log = structlog.get_logger("firstline.live")
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep it back
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
REFUSALS = {400: b"Bad request", 401: b"Please sign in", 403: b"Not allowed", 405: b"Not allowed", 503: b"Too many"}


class Stream:
    """One open page."""

    def __init__(self, session: str, topics: Sequence[str]) -> None:
        self.session = session
        self.topics = tuple(topics)
        self.pending: set[Told] = set()
        self.is_open = True
        self.doubted_at = 0.0  # since when its permissions are in doubt; 0: they are not
        self.sure_at = time.monotonic()
        self._certain_for = CERTAIN_SECONDS * random.uniform(0.5, 1)  # noqa: S311 -- not all in the same moment
        self._wake = asyncio.Event()

    @property
    def is_doubtful(self) -> bool:
        return bool(self.doubted_at) or time.monotonic() - self.sure_at > self._certain_for

    def doubt(self) -> None:
        self.doubted_at = time.monotonic()

    def tell(self, news: Told) -> None:
        self.pending.add(news)
        self._wake.set()

    def close(self) -> None:
        self.is_open = False
        self._wake.set()

    async def next_words(self) -> bytes:
        """What to send now: news, or after some silence a sign of life."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return b":\n\n"
        self._wake.clear()
        told, self.pending = self.pending, set()
        kinds: dict[str, list[str]] = defaultdict(list)
        for kind, name in sorted(told):
            kinds[kind].append(name)
        return b"".join(f"event: {kind}\ndata: {' '.join(names)}\n\n".encode() for kind, names in kinds.items())


class Streams:
    """The ASGI application, the one reader of news, and the one checker of permissions."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._by_topic: dict[str, set[Stream]] = defaultdict(set)
        self._sessions: Counter[str] = Counter()
        self._feed = Feed()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._look()), asyncio.create_task(self._check())]

    async def stop(self) -> None:
        self.close_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: connection.close())  # that thread's
        self._thread.shutdown(wait=False)

    def close_all(self) -> None:
        for stream in list(self._streams):
            stream.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        status, stream = await self._open(scope)
        if stream is None:
            await _refuse(send, status)
            return
        self._add(stream)
        leaving = asyncio.create_task(_wait_for_leaving(receive, stream))
        try:
            await self._talk(stream, send, is_again=_header(scope, b"last-event-id") != "")
        finally:
            leaving.cancel()
            self._remove(stream)

    async def _open(self, scope: Any) -> tuple[int, Stream | None]:
        if scope["method"] != "GET":
            return 405, None
        session = parse_cookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")
        if not session:
            return 401, None
        try:
            topics = parse(",".join(parse_qs(scope["query_string"].decode("latin-1")).get("topics", [])))
        except ValueError:
            return 400, None
        if len(self._streams) >= MOST_STREAMS or self._sessions[session] >= MOST_OF_ONE_SESSION:
            return 503, None
        stream = Stream(session, topics)
        try:
            [status] = await self._in_thread(_statuses, [stream], [True])
        except (DatabaseError, InterfaceError):
            return 503, None
        return status, stream if status == 200 else None

    async def _talk(self, stream: Stream, send: Any, *, is_again: bool) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        # Not all come back in the same moment after a restart.
        pause = random.randint(1000, 4000)  # noqa: S311 -- jitter, not a secret
        words = f"id: 1\nretry: {pause}\n\n".encode()
        if is_again:  # whatever happened while it was away
            words += f"event: changed\ndata: {' '.join(stream.topics)}\n\n".encode()
        with contextlib.suppress(TimeoutError, OSError):
            while stream.is_open:
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": words, "more_body": True})
                words = await stream.next_words()
            await send({"type": "http.response.body", "body": b""})

    def _add(self, stream: Stream) -> None:
        self._streams.add(stream)
        self._sessions[stream.session] += 1
        for name in stream.topics:
            self._by_topic[name].add(stream)

    def _remove(self, stream: Stream) -> None:
        self._streams.discard(stream)
        self._sessions[stream.session] -= 1
        if not self._sessions[stream.session]:
            del self._sessions[stream.session]
        for name in stream.topics:
            self._by_topic[name].discard(stream)
            if not self._by_topic[name]:
                del self._by_topic[name]

    async def _look(self) -> None:
        """Find what is new and tell those who listen."""
        upkeep = time.monotonic()
        while True:
            try:
                await self._tell(await self._in_thread(self._feed.read))
                if time.monotonic() - upkeep > UPKEEP_SECONDS:
                    upkeep = time.monotonic()
                    await self._in_thread(_keep_up)
            except (DatabaseError, InterfaceError) as error:
                log.warning("the database does not answer", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def _tell(self, reading: Reading) -> None:
        """Who listens to the very thing that has changed is checked before being told."""
        if reading.is_all_doubted:
            for stream in self._streams:
                stream.doubt()
        concerned = {stream for name in reading.doubted for stream in self._by_topic.get(name, ())}
        for stream in concerned:
            stream.doubt()
        if concerned:
            await self._check_some(list(concerned))
        for news in reading.told:
            for stream in self._by_topic.get(news[1], ()):
                stream.tell(news)

    async def _check(self) -> None:
        """Close the streams of those who may listen no more: signed out, disabled, role or team taken away."""
        while True:
            begun = time.monotonic()
            streams = list(self._streams)
            for number in range(SLICES):
                part = streams[number::SLICES]
                if part:
                    await self._check_some(part)
                left = begun + (number + 1) * CHECK_SECONDS / SLICES - time.monotonic()
                await asyncio.sleep(max(0.0, left))

    async def _check_some(self, streams: list[Stream]) -> None:
        begun = time.monotonic()
        doubtful = [stream.is_doubtful for stream in streams]
        try:
            statuses = await self._in_thread(_statuses, streams, doubtful)
        except (DatabaseError, InterfaceError):  # then nothing is told, either
            return
        except Exception:
            log.exception("a permission could not be checked")
            statuses = [500] * len(streams)
        for stream, status, was_doubtful in zip(streams, statuses, doubtful, strict=True):
            if status != 200:
                stream.close()
            elif was_doubtful:
                stream.sure_at = begun
                if stream.doubted_at <= begun:
                    stream.doubted_at = 0.0

    async def _in_thread[**P, R](self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        def run() -> R:
            reset_queries()
            close_old_connections()
            return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)


def _statuses(streams: Sequence[Stream], doubtful: Sequence[bool]) -> list[int]:
    """For each stream: 200, 401 (no such session now) or 403. Permissions are asked only where in doubt."""
    people = people_of({stream.session for stream in streams})
    known: dict[tuple[int, str], bool] = {}

    def may(person: Any, name: str) -> bool:
        key = (person.pk, name)
        if key not in known:
            known[key] = is_allowed(person, name)
        return known[key]

    return [
        401 if (person := people.get(stream.session)) is None
        else 200 if not is_doubtful or all(may(person, name) for name in stream.topics)
        else 403
        for stream, is_doubtful in zip(streams, doubtful, strict=True)
    ]  # fmt: skip


def _keep_up() -> None:
    forget_the_gone()
    forget_old_news()


async def _wait_for_leaving(receive: Callable[[], Awaitable[Any]], stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.close()


def _header(scope: Any, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _refuse(send: Any, status: int) -> None:
    body = REFUSALS.get(status, b"Not available")
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers.append((b"cache-control", b"no-store"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
