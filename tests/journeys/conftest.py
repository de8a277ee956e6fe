"""A real browser on the real pages. What it complains about fails the test, asked for or not."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from firstline.config.demo.people import PASSWORD
from tests.journeys.keyboard import Keyboard
from tests.journeys.stack import Stack, fill

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
MEASURE = Path(__file__).with_name("measure.js")
FRESH_SECONDS = 5 * 60  # of the fifteen minutes after which sensitive pages ask for the password again
WIDE = {"width": 1440, "height": 900}
# CSP violations are told to the page only; this tells them to us.
TELL = """document.addEventListener(
    'securitypolicyviolation', breach => console.error(`CSP: ${breach.violatedDirective} ${breach.blockedURI}`)
)"""

Axe = Callable[..., None]
Enter = Callable[..., Page]
Screenshot = Callable[[str], Path]
SignIn = Callable[[Any], Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker("journey")


class Trap:
    """Whatever a healthy page never does. `allow` names what a test expects all the same."""

    def __init__(self, origin: str) -> None:
        self.caught: list[str] = []
        self._origin = origin
        self._allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """Expect complaints that match this regular expression."""
        self._allowed.append(pattern)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._catch(f"script: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def complaints(self) -> list[str]:
        return [text for text in self.caught if not any(re.search(pattern, text) for pattern in self._allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._catch(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and f"{address.scheme}://{address.netloc}" != self._origin:
            self._catch(f"foreign request: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self._catch(f"answer {response.status}: {response.request.method} {response.url}")

    def _catch(self, text: str) -> None:
        self.caught.append(text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine. Playwright's own download is never used."""
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("No Chromium on this machine: apt-get install chromium")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=30_000)  # for a busy machine; nothing waits this long otherwise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*sandbox, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running demo for all journeys through the whole product; its world is that of `tests.journeys.world`."""
    stack = Stack(tmp_path_factory.mktemp("stack") / "data")
    stack.folder.mkdir()
    stack.world = fill(stack)
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture
def enter(chromium: Browser, stack: Stack) -> Iterator[Enter]:
    """`page = enter("ada")`: a browser in which this member of the demo's cast is signed in, with a trap of its own."""
    contexts: list[BrowserContext] = []
    trap = Trap(stack.url)

    def open_browser(name: str = "", **options: Any) -> Page:
        page = browse(chromium, stack, trap, name, **options)
        contexts.append(page.context)
        return page

    open_browser.trap = trap  # type: ignore[attr-defined]
    yield open_browser
    for context in contexts:
        context.close()
    assert trap.complaints() == []


def browse(chromium: Browser, stack: Stack, trap: Trap, name: str, **options: Any) -> Page:
    """A window of a browser of its own, with somebody of the cast signed in. Whoever opens it closes its context."""
    if name:
        options["storage_state"] = _sign_in(chromium, stack, name)
    wanted = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **options}
    context = chromium.new_context(base_url=stack.url, **wanted)
    context.set_default_timeout(60_000)
    context.add_init_script(TELL)
    context.add_init_script(path=MEASURE)
    context.on("page", trap.watch)
    return context.new_page()


@pytest.fixture
def keyboard(enter: Enter) -> Iterator[Callable[..., Keyboard]]:
    """`keys = keyboard("ada")`: she has put the mouse away."""
    people: list[Keyboard] = []

    def sit_down(name: str, **options: Any) -> Keyboard:
        people.append(Keyboard(enter(name, **options)))
        return people[-1]

    yield sit_down
    assert [complaint for each in people for complaint in each.complaints] == []


def _sign_in(chromium: Browser, stack: Stack, name: str) -> Any:
    """Through the page, and again only when it is long ago: until then each browser begins with the same cookies."""
    if key := stack.world.get(f"session_{name}"):
        cookie = {"name": stack.world["session_cookie"], "value": key, "domain": "127.0.0.1", "path": "/"}
        return {"cookies": [cookie], "origins": []}
    at, state = stack.sessions.get(name, (0.0, None))
    if time.monotonic() - at > FRESH_SECONDS or state is None:
        context = chromium.new_context(base_url=stack.url)
        page = context.new_page()
        page.goto("/account/login/")
        page.get_by_label("Email").or_(page.locator("[name=login]")).first.fill(stack.address(name))
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        state = context.storage_state()
        stack.sessions[name] = (time.monotonic(), state)
        context.close()
    return state


@pytest.fixture
def trap(live_server: LiveServer) -> Iterator[Trap]:
    """Fails the test if the browser met an error, a CSP violation or a foreign address."""
    trap = Trap(live_server.url)
    yield trap
    assert trap.complaints() == []


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer, trap: Trap) -> Iterator[BrowserContext]:
    """One person's browser. More people: `chromium.new_context(base_url=live_server.url)`."""
    context = chromium.new_context(base_url=live_server.url, viewport=WIDE, locale="en-GB", timezone_id="UTC")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)  # for a busy machine; nothing waits this long otherwise
    context.add_init_script(TELL)
    context.on("page", trap.watch)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def sign_in(context: BrowserContext, page: Page, live_server: LiveServer) -> SignIn:
    """`page = sign_in(ada)`: a browser in which this person is signed in."""

    def enter(person: Any) -> Page:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return page

    return enter


@pytest.fixture
def axe() -> Axe:
    """`axe(page)` finds no violation of any rule of axe-core, WCAG 2.2 AA and good practice alike."""

    def check(page: Page, *, within: str | None = None) -> None:
        assert violations(page, within=within) == []

    return check


def violations(page: Page, *, within: str | None = None, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds; `rules` to ask these only."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {"resultTypes": ["violations"], "preload": False, **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("([within, options]) => axe.run(within || document, options)", [within, options])
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.fixture
def screenshot(page: Page) -> Screenshot:
    """`screenshot("queue")` keeps the page as .cache/screenshots/queue.png."""

    def take(name: str) -> Path:
        path = ROOT / ".cache" / "screenshots" / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
