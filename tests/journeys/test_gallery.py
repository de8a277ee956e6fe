"""The design system in a real browser: what axe finds, what fits, what the keyboard can do."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from .conftest import Axe

pytestmark = pytest.mark.django_db(transaction=True)

# Words in running text are exempt (WCAG 2.5.8), and so is a row's link, which fills its row.
SMALL_TARGETS = """() => {
    const running = 'p a, .prose a, .table a, .callout a, .event a, .row__link, .visually-hidden, .visually-hidden *';
    return [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea')]
        .filter(element => element.checkVisibility({visibilityProperty: true, opacityProperty: true}))
        .filter(element => !element.matches(running))
        .map(element => [(element.closest('label') ?? element).getBoundingClientRect(), element.outerHTML])
        .filter(([box]) => box.width && (box.width < 24 || box.height < 24))
        .map(([box, html]) => `${box.width}x${box.height} ${html.slice(0, 120)}`);
}"""


@pytest.fixture
def gallery(page: Page, settings: Settings, anybody: None) -> Page:
    page.goto("/gallery")
    return page


@pytest.fixture
def anybody(settings: Settings) -> None:
    """The gallery is open while developing."""
    settings.DEBUG = True


@pytest.mark.parametrize("forced", ["none", "active"])
def test_axe_finds_nothing(gallery: Page, axe: Axe, forced: str) -> None:
    gallery.emulate_media(forced_colors=forced)  # type: ignore[arg-type]

    axe(gallery)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_when_everything_is_open(gallery: Page, axe: Axe, theme: str) -> None:
    gallery.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    gallery.keyboard.press("Control+k")
    expect(gallery.get_by_role("option", name="Ada Nowak")).to_be_visible()
    axe(gallery, within=".palette")
    gallery.keyboard.press("Escape")
    gallery.keyboard.press("?")
    axe(gallery, within="#hotkeys")
    gallery.keyboard.press("Escape")
    gallery.locator(".user-menu summary").click()
    axe(gallery, within=".user-menu")


@pytest.mark.parametrize("width", [1440, 768, 320])
def test_nothing_scrolls_sideways(gallery: Page, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 900})

    assert gallery.evaluate("document.documentElement.scrollWidth") <= width
    assert gallery.evaluate("document.querySelector('main').scrollWidth") <= width


@pytest.mark.parametrize("width", [1440, 360])
def test_every_target_can_be_hit(gallery: Page, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 900})

    assert gallery.evaluate(SMALL_TARGETS) == []


def test_the_first_tab_offers_to_skip_to_the_content(gallery: Page) -> None:
    gallery.keyboard.press("Tab")
    expect(gallery.get_by_role("link", name="Skip to the content")).to_be_focused()

    gallery.keyboard.press("Enter")

    expect(gallery.locator("main")).to_be_focused()


def test_a_menu_is_walked_with_arrows_and_left_with_escape(gallery: Page) -> None:
    opener = gallery.locator("summary[aria-label='More actions']").first
    opener.focus()

    gallery.keyboard.press("ArrowDown")
    gallery.keyboard.press("ArrowDown")
    expect(gallery.get_by_role("button", name="Split").first).to_be_focused()
    gallery.keyboard.press("Escape")

    expect(opener).to_be_focused()
    expect(gallery.get_by_role("button", name="Split").first).to_be_hidden()


def test_the_palette_is_walked_with_arrows(gallery: Page) -> None:
    gallery.keyboard.press("Control+k")
    line = gallery.get_by_role("combobox", name="Search tickets, people and actions")
    expect(line).to_be_focused()
    expect(gallery.get_by_role("option", name="Ada Nowak")).to_have_attribute("aria-selected", "true")

    gallery.keyboard.press("ArrowDown")
    expect(gallery.get_by_role("option", name="Lin Wei")).to_have_attribute("aria-selected", "true")
    gallery.keyboard.press("Enter")

    expect(gallery).to_have_url("/gallery#lin")


def test_the_queue_is_walked_and_selected_without_a_mouse(gallery: Page) -> None:
    rows = gallery.locator("#queue-light .row")

    gallery.locator("#queue-light .row__link").first.focus()
    gallery.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator(".row__link")).to_be_focused()
    gallery.keyboard.press("x")
    gallery.keyboard.press("Shift+ArrowDown")

    expect(gallery.locator("form:has(#queue-light) .bulk-bar__count")).to_have_text("2 selected")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("form:has(#queue-light) .bulk-bar")).to_be_hidden()


def test_the_keys_of_the_page_are_listed_and_can_be_turned_off(gallery: Page) -> None:
    gallery.keyboard.press("?")
    listed = gallery.get_by_role("dialog", name="Keys on this page")
    expect(listed).to_contain_text("New ticket")
    listed.get_by_role("switch").uncheck()
    gallery.keyboard.press("Escape")

    gallery.keyboard.press("?")

    expect(listed).to_be_hidden()


def test_suggestions_are_announced_and_chosen_by_key(gallery: Page) -> None:
    field = gallery.get_by_role("combobox", name="Helper").first
    field.press_sequentially("li")
    expect(gallery.locator("x-combobox [role=status]").first).to_have_text("2 suggestions")

    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")

    expect(field).to_have_value("Lin Wei")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_a_chip_leaves_by_key_and_its_neighbour_takes_the_focus(gallery: Page) -> None:
    gallery.get_by_role("button", name="Remove rosa@example.org").first.focus()

    gallery.keyboard.press("Delete")

    expect(gallery.get_by_role("button", name="Remove lin@example.org").first).to_be_focused()


def test_a_value_is_edited_where_it_stands_and_escape_brings_it_back(gallery: Page) -> None:
    value = gallery.get_by_role("link", name="Network").first
    value.click()
    expect(gallery.get_by_role("combobox", name="Team").first).to_be_focused()

    gallery.keyboard.press("Escape")

    expect(value).to_be_focused()
    expect(gallery.get_by_role("combobox", name="Team")).to_have_count(0)


def test_a_note_is_hatched_while_it_is_written(gallery: Page) -> None:
    composer = gallery.locator("#composer-light")
    expect(composer.get_by_role("button", name="Send reply")).to_be_visible()

    composer.get_by_role("radio", name="Internal note").check()

    expect(composer.get_by_role("button", name="Add note")).to_be_visible()
    assert "repeating-linear-gradient" in composer.evaluate("element => getComputedStyle(element).backgroundImage")


@pytest.mark.parametrize("way", ["plain", "htmx"])
def test_two_clicks_send_once(gallery: Page, way: str) -> None:
    sent: list[str] = []
    gallery.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    gallery.route("**/sent", answer_slowly)
    gallery.evaluate(
        """way => {
            const post = way == 'htmx' ? 'hx-post="/sent"' : '';
            document.querySelector('main').innerHTML =
                `<form method="post" action="/sent" ${post}><button>Go</button></form>`;
            htmx.process(document.querySelector('main'));
            const button = document.querySelector('main button');
            button.click();
            button.click();
            setTimeout(() => button.click(), 50);
        }""",
        way,
    )

    gallery.wait_for_timeout(900)

    assert len(sent) == 1


def answer_slowly(route: Route) -> None:
    time.sleep(0.3)
    route.fulfill(status=204)


def test_the_theme_changes_at_once_and_stays(gallery: Page) -> None:
    gallery.locator(".user-menu summary").click()
    gallery.get_by_role("button", name="Dark").click()
    expect(gallery.locator("html")).to_have_attribute("data-theme", "dark")

    gallery.reload()

    expect(gallery.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_page_works_without_script(chromium: Browser, live_server: LiveServer, anybody: None) -> None:
    context: BrowserContext = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/gallery")

    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("summary[aria-label='More actions']").first.click()
    expect(page.get_by_role("link", name="Link").first).to_be_visible()
    context.close()
