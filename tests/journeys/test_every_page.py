"""Every page of the product, in light, dark and forced colours: usable by everybody, also at 320 pixels."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Axe, Enter
from tests.journeys.stack import Stack

# Who looks at it, and where. {long}, {merged} … are tickets of tests.journeys.world.
PAGES = {
    "": ("/", "/account/login/", "/account/login/code/", "/account/password/reset/", "/nowhere"),
    "rosa": (
        "/", "/ask", "/requests", "/requests?show=done", "/requests/{long}", "/requests/{resolved}", "/requests/{closed}", "/queue",
    ),
    "ada": (
        "/desk", "/queue", "/queue?view=all&q=printer", "/queue?q=subject:nothing-like-it", "/queue?q=nofield:3", "/search?q=printer",
        "/palette?q=pr", "/tickets/new", "/tickets/{long}", "/tickets/{merged}", "/tickets/{closed}", "/tickets/{long}/participants",
        "/tickets/{long}/links", "/tickets/{long}/merge", "/tickets/{long}/split", "/tickets/{long}/facts/owner", "/tickets/999999",
        "/outbox", "/people", "/account/profile", "/account/security",
    ),
    "bea": (
        "/settings", "/settings/statuses", "/settings/statuses/1", "/settings/categories", "/settings/fields", "/settings/fields/new",
        "/settings/teams", "/settings/teams/1", "/settings/organisations", "/settings/access", "/settings/mail", "/people/1",
    ),
}  # fmt: skip

SMALL_TARGETS = """() => {
    const running = 'p a, li p a, .prose a, td a, th a, .breadcrumb a, .visually-hidden, .visually-hidden *, .skip-link, .row__link, .beside__link, label input, .toast *';
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter(each => each.checkVisibility() && !each.matches(running) && !each.closest('dialog:not([open])'))
        .map(each => [each.getBoundingClientRect(), each.outerHTML.slice(0, 120)])
        .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
        .map(([box, html]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)
}"""


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_used_by_everybody(name: str, stack: Stack, enter: Enter, axe: Axe) -> None:
    page = enter(name)
    enter.trap.allow(r"status of 40[34]")  # type: ignore[attr-defined]  # pages that refuse are pages, too
    found: list[str] = []

    for path in PAGES[name]:
        page.goto(path.format(**stack.world))
        for look in ("light", "dark", "forced"):
            page.emulate_media(
                color_scheme="dark" if look == "dark" else "light",
                forced_colors="active" if look == "forced" else "none",
            )
            try:
                axe(page)
            except AssertionError as error:
                found.append(f"{path} ({look}): {str(error)[:600]}")
        found += [f"{path}: {each}" for each in page.evaluate(SMALL_TARGETS)]
        page.set_viewport_size({"width": 320, "height": 640})
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            found.append(f"{path}: wider than 320 pixels")
        page.set_viewport_size({"width": 1440, "height": 900})

    assert found == []
