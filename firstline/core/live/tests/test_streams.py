from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from firstline.core import live
from firstline.core.actions import acting
from firstline.core.events import EventKind
from firstline.core.events.record import record
from firstline.core.live import streams as module
from firstline.core.live import topics
from firstline.core.live.announce import announce
from firstline.core.live.streams import Streams

Person: Any = get_user_model()
AGENT = "agent"  # in the field `phone`: any field will do to tell who may listen
pytestmark = pytest.mark.django_db(transaction=True)
Scenario = Callable[[Streams], Awaitable[None]]


class ThingChanged(EventKind):
    key = "live_test.changed"
    noun = "thing"

    @classmethod
    def describe(cls, event: object) -> str:
        return "changed it"


class PersonChanged(ThingChanged):
    key = "live_test.person"
    noun = "person"


@pytest.fixture(autouse=True)
def known_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """`thing:N` and `things`, for agents only."""
    monkeypatch.setattr(topics, "_topics", {})
    live.topic("thing", lambda person, number: number is not None and number < 100 and person.phone == AGENT)
    live.topic("things", lambda person, number: person.phone != "", hears={"thing"})


@pytest.fixture
def ada() -> Any:
    return Person.objects.create_user("ada@test.example", "a long password", phone=AGENT)


@pytest.fixture
def cookie(ada: Any) -> str:
    return _cookie(ada)


def _cookie(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Page:
    """A browser's end of a stream."""

    def __init__(self, streams: Streams, cookie: str, query: str, **more: Any) -> None:
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())] if cookie else []
        headers += [
            (name.replace("_", "-").encode(), value.encode()) for name, value in more.pop("headers", {}).items()
        ]
        scope = {"type": "http", "method": "GET", "query_string": query.encode(), "headers": headers, **more}
        self.status = 0
        self.text = ""
        self.is_over = False
        self._came = asyncio.Event()
        self._gone = asyncio.Event()
        self._task = asyncio.create_task(streams(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message["body"].decode()
            self.is_over = not message.get("more_body", False)
        self._came.set()

    async def until(self, words: str, seconds: float = 5.0) -> float:
        """Wait until the page has read this; how long that took."""
        begun = time.monotonic()
        async with asyncio.timeout(seconds):
            while words not in self.text:
                self._came.clear()
                await self._came.wait()
        return time.monotonic() - begun

    async def until_over(self, seconds: float = 6.0) -> float:
        begun = time.monotonic()
        async with asyncio.timeout(seconds):
            await asyncio.shield(self._task)
        assert self.is_over
        return time.monotonic() - begun

    async def leave(self) -> None:
        self._gone.set()
        await self._task


def play(scenario: Scenario) -> None:
    async def run() -> None:
        streams = Streams()
        await streams.start()
        try:
            await scenario(streams)
        finally:
            await streams.stop()

    asyncio.run(run())


def happen(thing: int) -> None:
    with acting():
        record(type("Thing", (), {"pk": thing})(), ThingChanged)


def in_database(work: Callable[[], Any]) -> Awaitable[Any]:
    """Another connection than the reader's, as it is in life."""

    def run() -> Any:
        from django.db import connection

        try:
            return work()
        finally:
            connection.close()

    return asyncio.get_running_loop().run_in_executor(None, run)


def test_a_page_hears_within_two_seconds_what_it_listens_to(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:42")
        await page.until("retry:")

        await in_database(lambda: happen(41))
        await in_database(lambda: happen(42))

        assert await page.until("event: changed\ndata: thing:42\n\n") < 2
        assert "41" not in page.text
        await page.leave()

    play(scenario)


def test_a_list_hears_of_all_its_things_without_their_numbers(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=things")
        await page.until("retry:")

        await in_database(lambda: happen(42))

        await page.until("event: changed\ndata: things\n\n")
        assert "42" not in page.text
        await page.leave()

    play(scenario)


def test_several_changes_in_a_breath_are_told_once(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:1,thing:2")
        await page.until("retry:")

        def many() -> None:
            from django.db import transaction

            with transaction.atomic():
                for number in (2, 1, 1, 2):
                    happen(number)

        await in_database(many)

        await page.until("data: thing:1 thing:2\n\n")
        await asyncio.sleep(0.7)
        assert page.text.count("event:") == 1
        await page.leave()

    play(scenario)


def test_what_was_before_is_not_told(cookie: str) -> None:
    happen(42)

    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:42")
        await page.until("retry:")
        await asyncio.sleep(0.7)
        assert "changed" not in page.text
        await page.leave()

    play(scenario)


def test_whoever_comes_back_fetches_everything_again(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:42,things", headers={"last_event_id": "1"})
        await page.until("event: changed\ndata: thing:42 things\n\n")
        await page.leave()

    play(scenario)


def test_announcements_are_told_by_their_kind(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:42")
        await page.until("retry:")

        await in_database(lambda: announce("thing:42", "thing:43", kind="presence"))

        await page.until("event: presence\ndata: thing:42\n\n")
        assert "thing:43" not in page.text
        await page.leave()

    play(scenario)


def test_a_silent_stream_gives_a_sign_of_life(cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.1)

    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:42")
        await page.until("\n\n:\n\n:\n\n")
        await page.leave()

    play(scenario)


REFUSED = [
    ("topics=thing:100", 403),
    ("topics=thing", 403),
    ("topics=thing:1,thing:100", 403),
    ("topics=nothing:1", 400),
    ("topics=thing:-1", 400),
    ("topics=thing:1e9", 400),
    ("topics=thing:9999999999999999999999", 400),
    ("topics=thing:1;x", 400),
    ("topics=<script>", 400),
    ("topics=thing:%D9%A3", 400),
    ("topics=thing:1%0a", 400),
    ("topics=%00", 400),
    ("topics=", 400),
    ("", 400),
    ("topics[]=thing:1", 400),
    ("topics=" + ",".join(f"thing:{number}" for number in range(21)), 400),
]


@pytest.mark.abuse("D6", "E13")
def test_what_may_not_be_listened_to_is_refused_in_few_words(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        for query, status in REFUSED:
            page = Page(streams, cookie, query)
            await page.until_over()
            assert (query, page.status) == (query, status)
            assert page.text in {"Bad request", "Not allowed"}

    play(scenario)


@pytest.mark.abuse("D6")
def test_nobody_listens_without_a_session() -> None:
    async def scenario(streams: Streams) -> None:
        for session in ["", "x", "x" * 32, "x" * 10_000, "\x01", "a;b", "'", "é"]:
            page = Page(streams, session, "topics=thing:1")
            await page.until_over()
            assert (session, page.status, page.text) == (session, 401, "Please sign in")

    play(scenario)


@pytest.mark.abuse("D6")
def test_a_requester_does_not_hear_what_agents_hear() -> None:
    rosa = _cookie(Person.objects.create_user("rosa@test.example"))

    async def scenario(streams: Streams) -> None:
        page = Page(streams, rosa, "topics=thing:1")
        await page.until_over()
        assert page.status == 403

    play(scenario)


def _sign_out(person: Any, cookie: str) -> None:
    SessionStore(cookie).flush()


def _disable(person: Any, cookie: str) -> None:
    person.is_active = False
    person.save()


def _new_password(person: Any, cookie: str) -> None:
    person.set_password("another long password")
    person.save()


def _take_role(person: Any, cookie: str) -> None:
    with acting():
        Person.objects.filter(pk=person.pk).update(phone="")
        record(person, PersonChanged)


def _take_thing(person: Any, cookie: str) -> None:
    Person.objects.filter(pk=person.pk).update(phone="only things")
    happen(42)


def _nothing(person: Any, cookie: str) -> None:
    pass


@pytest.mark.abuse("D6")
def test_a_stream_is_closed_within_five_seconds_of_a_revocation() -> None:
    people = {}
    for revoke in (_sign_out, _disable, _new_password, _take_role, _take_thing, _nothing):
        person = Person.objects.create_user(f"{revoke.__name__}@test.example", "a long password", phone=AGENT)
        people[revoke] = person, _cookie(person)

    async def scenario(streams: Streams) -> None:
        pages = {revoke: Page(streams, cookie, "topics=thing:42,things") for revoke, (_, cookie) in people.items()}
        for page in pages.values():
            await page.until("retry:")

        for revoke, (person, cookie) in people.items():
            await in_database(partial(revoke, person, cookie))

        seconds = {revoke.__name__: await page.until_over() for revoke, page in pages.items() if revoke != _nothing}
        assert max(seconds.values()) < 5
        assert not pages[_nothing].is_over
        await pages[_nothing].leave()

    play(scenario)


def test_the_end_of_the_server_ends_the_streams_at_once(cookie: str) -> None:
    async def scenario(streams: Streams) -> None:
        page = Page(streams, cookie, "topics=thing:42")
        await page.until("retry:")

        streams.close_all()

        assert await page.until_over() < 0.5

    play(scenario)


@pytest.mark.abuse("H2")
def test_one_session_cannot_hold_all_streams(cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OF_ONE_SESSION", 2)

    async def scenario(streams: Streams) -> None:
        pages = [Page(streams, cookie, "topics=thing:1") for _ in range(2)]
        for page in pages:
            await page.until("retry:")
        third = Page(streams, cookie, "topics=thing:1")
        await third.until_over()
        assert third.status == 503
        await pages[0].leave()
        fourth = Page(streams, cookie, "topics=thing:1")
        await fourth.until("retry:")
        await fourth.leave()
        await pages[1].leave()

    play(scenario)


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    yield
    from firstline.core.live.models import News

    News.objects.all().delete()
