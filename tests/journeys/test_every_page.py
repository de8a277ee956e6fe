"""Every page of the product, in every look and in two languages: usable by everybody, also at 320 pixels.

A page is opened twice. In English: axe in light, its colours in dark and forced colours, every target, every stop of
the Tab key, more air between words, every menu and dialog. In Vietnamese: axe in dark, and a window of 320 by 256
pixels, which is what 400 % leaves of 1280 by 1024.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Browser, Locator, Page, Route, expect

from firstline.config.demo.people import PASSWORD
from tests.journeys.conftest import FRESH_SECONDS, WIDE, Enter, Trap, browse, violations
from tests.journeys.stack import Stack
from tests.journeys.visits import NO_PAGE, VISITS, Visit
from tests.matrix.policy import ROUTES

COLOURS = ("color-contrast", "link-in-text-block")
NARROW, ZOOMED = {"width": 320, "height": 640}, {"width": 320, "height": 256}
BY_PERSON = sorted(VISITS, key=lambda visit: visit.who)
Open = Callable[..., Page]
Look = Callable[[Page], Iterator[str]]


def test_what_is_said_to_be_no_page_shows_none(stack: Stack, enter: Enter) -> None:
    page = enter("bea")
    wrong = {}

    for name in NO_PAGE:
        answer = page.request.get(reverse(name, kwargs=_guess(ROUTES[name])), max_redirects=0)
        if answer.status == 200 and "text/html" in answer.headers["content-type"]:
            wrong[name] = answer.status

    assert wrong == {}


def _guess(rule: Any) -> dict[str, Any]:
    known = {"job": "00000000-0000-4000-8000-000000000000", "name": "x", "uidb36": "1", "key": "1"}
    names = {**rule.args, **({rule.key: 1} if rule.of else {})}
    return {name: known.get(name, 1) for name in names}


@dataclass
class Looking:
    """Who looks in which language: one browser is kept while it stays the same, and what it has opened already."""

    open_browser: Open
    trap: Trap
    page: Page | None = None
    kept: tuple[str, str] = ("", "")
    since: float = 0.0
    seen: dict[str, set[str]] = field(default_factory=dict)

    def at(self, who: str, language: str) -> Page:
        if self.page is None or self.kept != (who, language) or time.monotonic() - self.since > FRESH_SECONDS:
            self.leave()
            locale = "vi-VN" if language == "vi" else "en-GB"  # nobody in this world has chosen a language
            self.page = self.open_browser(who, locale=locale, color_scheme=_scheme(language))
            self.kept, self.since = (who, language), time.monotonic()
        return self.page

    def leave(self) -> None:
        """The next look is with another browser."""
        if self.page is not None:
            self.page.context.close()
        self.page = None


@pytest.fixture(scope="module")
def looking(chromium: Browser, stack: Stack) -> Iterator[Looking]:
    trap = Trap(stack.url)
    trap.allow(r"status of 4(0[349]|22)")  # pages that refuse are pages, too
    # The frame around a mail stops every script: here, the one that measures.
    trap.allow(r"Blocked script execution in '\S+/outbox/\d+/body'")
    looking = Looking(lambda name, **options: browse(chromium, stack, trap, name, **options), trap)
    yield looking
    looking.leave()


def _ids(visits: Iterable[Visit]) -> list[str]:
    """ada-desk:queue, ada-desk:queue-2: a failure names its page."""
    counts: Counter[str] = Counter()
    names = []
    for visit in visits:
        name = f"{visit.who or 'nobody'}-{visit.route}"
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name}-{counts[name]}")
    return names


@pytest.mark.accepts("S0.38")
@pytest.mark.parametrize("visit", BY_PERSON, ids=_ids(BY_PERSON))
@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_can_be_used_by_everybody(visit: Visit, language: str, stack: Stack, looking: Looking) -> None:
    looking.trap.caught.clear()
    page = looking.at(visit.who, language)

    try:
        _open(page, visit, stack, language)
        seen = looking.seen.setdefault(visit.who, set())
        found = list(english(page, seen) if language == "en" else vietnamese(page))
    except BaseException:
        looking.leave()  # who knows how it stands
        raise
    if visit.first:
        looking.leave()

    assert not found, "\n".join(found)
    assert looking.trap.complaints() == []


@pytest.mark.django_db
@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "409", "500", "503"])
def test_pages_about_errors_can_be_used_by_everybody(template: str, stack: Stack, enter: Enter) -> None:
    page = enter("")
    request = RequestFactory().get("/trouble")
    request.user = AnonymousUser()

    for language, look in (("en", lambda: english(page, set())), ("vi", lambda: vietnamese(page))):
        with override(language):
            body = get_template(f"{template}.html").render({"sentence": "Somebody was faster."}, request)
        page.route("**/trouble", _answer(body))
        page.emulate_media(color_scheme=_scheme(language))
        page.goto("/trouble")

        assert list(look()) == []


def _answer(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="text/html")


def english(page: Page, seen: set[str]) -> Iterator[str]:
    """In light, wide; then the colours of the other looks. What is open already in `seen` is not opened again."""
    yield from page.evaluate("[...measure.moving(), ...measure.colourless()]")
    yield from _axe(page, "light")
    yield from page.evaluate("[...measure.smallTargets(), ...measure.misfits(), ...measure.withAir(measure.misfits)]")
    for look in ("dark", "forced"):
        _look(page, look)
        yield from _axe(page, look, COLOURS)
    _look(page, "light")
    yield from _overlays(page, seen)
    yield from _walk(page)


def vietnamese(page: Page) -> Iterator[str]:
    """In dark, with longer words; then on a phone, and at 400 %."""
    lang = page.evaluate("document.documentElement.lang")
    if lang != "vi" and not page.url.endswith("/body"):  # a mail speaks the language of its reader
        yield f"speaks {lang!r}"
    yield from page.evaluate("measure.misfits()")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    yield from _axe(page, "dark, narrow")
    yield from page.evaluate("[...measure.misfits(), ...measure.sideways(), ...measure.smallTargets()]")
    yield from page.evaluate("measure.withAir(() => [...measure.misfits(), ...measure.sideways()])")
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    yield from page.evaluate("[...measure.crowding(), ...measure.sideways()]")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def _axe(page: Page, look: str, rules: tuple[str, ...] = (), within: str | None = None) -> list[str]:
    page.evaluate("measure.settled()")
    return [f"({look}) {each}" for each in violations(page, rules=rules, within=within)]


def _overlays(page: Page, seen: set[str]) -> Iterator[str]:
    """Every menu and dialog of the page, each opened once in the whole run."""
    for menu in page.locator("details.menu__details > summary").all():
        words = menu.evaluate("each => each.parentElement.innerText + each.getAttribute('aria-label')")
        if words in seen or not menu.is_visible():
            continue
        seen.add(words)
        menu.focus()
        page.keyboard.press("Enter")
        yield from _axe(page, f"menu {words[:20]!r} open", within="details[open] > .menu__list")
        yield from page.evaluate("[...measure.smallTargets(), ...measure.misfits()]")
        page.keyboard.press("Escape")
    for opener in page.locator("[commandfor][command=show-modal]").all():
        target = opener.get_attribute("commandfor") or ""
        if target in seen:
            continue
        seen.add(target)
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#{target}")).to_be_visible()
        yield from _axe(page, f"dialog {target} open", within=f"#{target}")
        yield from page.evaluate("[...measure.smallTargets(), ...measure.focus()]")
        page.keyboard.press("Escape")
    if page.locator("x-palette").count() and "palette" not in seen:
        seen.add("palette")
        for keys, shown in (("Control+k", "dialog.palette [role=option]"), ("?", "#hotkeys dd")):
            page.keyboard.press(keys)
            expect(page.locator(shown).first).to_be_visible()
            yield from _axe(page, f"{keys} open", within="dialog[open]")
            yield from page.evaluate("[...measure.smallTargets(), ...measure.misfits(), ...measure.focus()]")
            page.keyboard.press("Escape")
            expect(page.locator("dialog[open]")).to_have_count(0)  # keys pressed before that are not for the page


def _walk(page: Page) -> list[str]:
    """Tab through all of it and out at the end: everything is reached, seen, and not covered; nothing holds us."""
    page.evaluate("measure.walk()")
    for _ in range(page.evaluate("measure.count()") + 3):
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate("measure.walked()")
    return found


def _look(page: Page, look: str) -> None:
    page.emulate_media(
        color_scheme="dark" if look == "dark" else "light", forced_colors="active" if look == "forced" else "none"
    )


def _scheme(language: str) -> Any:
    return "light" if language == "en" else "dark"


def _open(page: Page, visit: Visit, stack: Stack, language: str) -> None:
    address = reverse(visit.route, kwargs={key: value.format(**stack.world) for key, value in visit.args.items()})
    if visit.first:
        BEFORE[visit.first](page, language)
        page.wait_for_url(f"**{address}")
        return
    if visit.route == "email:body":
        page.route(f"**{address}", _let_scripts_run, times=1)
    answer = page.goto(address + visit.query.format(**stack.world))
    assert answer is not None
    assert (answer.status >= 400) == visit.is_refused, f"{address} answers {answer.status}"
    assert page.url.partition("?")[0].endswith(address), f"{address} leads to {page.url}"
    if visit.send is not None:
        asked = page.locator(f"[name={next(iter(visit.send))}]")
        form = page.locator("main form[method=post]").filter(has=asked).first
        pressed = ""
        for name, value in visit.send.items():
            pressed = _put(form.locator(f"[name={name}]"), name, value) or pressed
        with page.expect_navigation():
            form.evaluate(
                "(form, pressed) => { form.noValidate = true;"
                " form.requestSubmit(pressed ? form.querySelector(pressed) : undefined); }",
                pressed,
            )
        mistakes = page.locator("[aria-invalid=true], .field__error, .callout--error, .callout--warning, [role=alert]")
        expect(mistakes.first).to_be_visible()  # otherwise it was taken, and the next visit finds another world
    # Whatever the page fetches for itself has come.
    expect(page.locator(".skeleton:not([data-sample])")).to_have_count(0) if visit.route == "desk:ticket" else None


def _put(field: Locator, name: str, value: str) -> str:
    """Fill in, choose or check; of a button that is to be pressed at the end, where it is."""
    kind = field.first.evaluate("field => field.type")
    if kind == "submit":
        return f"button[name={name}][value={value}]"
    if kind.startswith("select"):
        field.select_option(value)
    elif kind == "radio":
        field.and_(field.page.locator(f"[value={value}]")).check()
    else:
        if kind == "date":  # a browser without calendars sends what was typed
            field.evaluate("field => { field.type = 'text'; }")
        field.fill(value)
    return ""


def _let_scripts_run(route: Route) -> None:
    """A mail is shown in a sandbox, where no script runs, not even the one that measures."""
    answer = route.fetch()
    safe = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
    route.fulfill(response=answer, headers=safe)


def _ask_for_a_code(page: Page, _language: str) -> None:
    page.context.clear_cookies()
    page.goto("/account/login/code/")
    page.locator("[name=email]").fill("nobody-knows@firstline.example")
    page.keyboard.press("Enter")


def _ask_for_the_second_step(page: Page, _language: str) -> None:
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.locator("[name=login]").fill("tia@firstline.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def _ask_for_another_address(page: Page, language: str) -> None:
    """Another one in each language: nobody is sent two codes to one address within three minutes."""
    page.goto("/account/email/")
    page.locator("[name=email]").fill(f"kim.{language}@firstline.example")
    page.keyboard.press("Enter")


BEFORE: dict[str, Callable[[Page, str], None]] = {
    "code": _ask_for_a_code,
    "second step": _ask_for_the_second_step,
    "new address": _ask_for_another_address,
}
