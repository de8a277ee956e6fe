"""The traps of the browser tests must be able to fail, or a clean run proves nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from .conftest import Axe, Screenshot, Trap

PAGE = "<!doctype html><html lang='en'><title>Trial</title><main><h1>Trial</h1>{}</main></html>"


def show(page: Page, body: str, **headers: str) -> None:
    page.route(
        "**/trial", lambda route: route.fulfill(body=PAGE.format(body), content_type="text/html", headers=headers)
    )
    page.goto("/trial")


def test_a_good_page_passes_everything(page: Page, axe: Axe, screenshot: Screenshot, trap: Trap) -> None:
    show(page, "<button>Save</button>")

    axe(page)

    assert screenshot("trial").exists()
    assert trap.complaints() == []


def test_an_unlabelled_field_is_found_under_a_strict_policy(page: Page, axe: Axe) -> None:
    show(page, "<input>", **{"content-security-policy": "default-src 'self'"})

    with pytest.raises(AssertionError, match="label"):
        axe(page)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>console.error('went wrong')</script>", "console: went wrong"),
        ("<script>throw new Error('fell over')</script>", "script: fell over"),
        ("<img alt='' src='http://elsewhere.invalid/pixel.png'>", "foreign request"),
    ],
)
def test_what_a_page_must_not_do_is_caught(page: Page, trap: Trap, body: str, complaint: str) -> None:
    show(page, body)

    page.wait_for_load_state("networkidle")

    assert any(complaint in text for text in trap.complaints())
    trap.allow(".")


def test_a_breach_of_the_content_security_policy_is_caught(page: Page, trap: Trap) -> None:
    show(
        page,
        "<p onclick='alert(1)'>x</p><script>alert(1)</script>",
        **{"content-security-policy": "default-src 'self'"},
    )

    assert any("CSP: script-src" in text for text in trap.complaints())
    trap.allow(".")


def test_a_failing_answer_is_caught(page: Page, trap: Trap, live_server: LiveServer) -> None:
    page.route("**/broken", lambda route: route.fulfill(status=500, body="no"))

    page.goto("/broken")

    assert f"answer 500: GET {live_server.url}/broken" in trap.complaints()
    trap.allow(".")
