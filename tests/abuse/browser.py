"""O3 and O4: a real browser that notes dialogs, scripts that run, breaches of the content policy, foreign requests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, sync_playwright

from tests.suite import BROWSERS

from .live import Live

TELL = """
window.breaches = [];
document.addEventListener('securitypolicyviolation', breach => window.breaches.push(
    `${breach.violatedDirective} ${breach.blockedURI} ${breach.sample}`));
"""


@contextmanager
def launched() -> Iterator[Browser]:
    """A real browser. While it lives, Django takes this thread for an asynchronous one and opens no database."""
    program = next(filter(None, (shutil.which(name) for name in BROWSERS)), None)
    if program is None:
        pytest.skip("Chromium is missing. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """One person's browser; `complaints` is empty as long as nothing has acted."""

    def __init__(self, browser: Browser, live: Live, role: str) -> None:
        self._context = browser.new_context(base_url=live.url)
        name, _equals, value = live.cookie(role).partition("=")
        self._context.add_cookies([{"name": name, "value": value, "url": live.url}])
        self._context.add_init_script(TELL)
        self._context.set_default_timeout(60_000)
        self._url = live.url
        self.complaints: list[str] = []
        self.page: Page = self._context.new_page()
        self.page.on("dialog", self._dismiss)
        self._context.route("**/*", self._judge)

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _judge(self, route: Route) -> None:
        address = route.request.url
        if address.startswith((f"{self._url}/", "data:", "blob:", "about:")):
            route.continue_()
            return
        self.complaints.append(f"asked {address}")
        route.abort()

    def look(self, path: str) -> Page:
        """Open a page, wait until it is still, and note what has happened there."""
        answer = self.page.goto(path, wait_until="load")
        self.page.wait_for_timeout(150)
        if answer is None or answer.status >= 400:
            self.complaints.append(f"{path}: {answer and answer.status}")
        for breach in self.page.evaluate("window.breaches"):
            self.complaints.append(f"{path}: against the content policy: {breach}")
        if self.page.evaluate("window.pwned"):
            self.complaints.append(f"{path}: a script has run")
        return self.page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._context.close()
