"""Pages hold longer words than English ones: nothing is cut off, nothing sticks out."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.apps import apps
from playwright.sync_api import Page
from pytest_django import Settings

from firstline.config import translations
from firstline.people.access.actions.grant import grant
from firstline.people.accounts.actions.edit import edit_own
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.assign import take
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

from .conftest import Screenshot, SignIn, Trap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DESK = (
    "/desk",
    "/queue",
    "/tickets/{}",
    "/tickets/{}/merge",
    "/tickets/new",
    "/settings",
    "/settings/statuses",
    "/search?q=vpn",
)
PORTAL = ("/", "/ask", "/requests", "/requests/{}", "/account/profile")
# What sticks out of the page, and controls whose words do not fit into them. A list or table may scroll in its own box.
MISFITS = """() => {
    const shown = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const name = element => `${element.tagName} .${element.className}: ${element.innerText?.slice(0, 60)}`;
    const wide = document.documentElement.clientWidth;
    const scrolls = element => {
        for (let each = element.parentElement; each; each = each.parentElement)
            if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(each).overflowX)) return true;
        return false;
    };
    const out = [...document.body.querySelectorAll('*')].filter(shown)
        .filter(element => !element.closest('.visually-hidden') && !scrolls(element))
        .filter(element => (box => box.right > wide + 1 || box.left < -1)(element.getBoundingClientRect()));
    const cut = [...document.querySelectorAll('button, .button, h1, h2, label, .tab, nav a')].filter(shown)
        .filter(element => !element.closest('.visually-hidden') && element.clientWidth > 1)
        .filter(element => getComputedStyle(element).overflowX !== 'visible')
        .filter(element => element.scrollWidth > element.clientWidth + 1);
    const whole = document.documentElement.scrollWidth;
    const page = whole > wide + 1 ? [`the page is ${whole} wide`] : [];
    return [...page, ...out.slice(0, 5).map(each => `out: ${name(each)}`), ...cut.map(each => `cut: ${name(each)}`)];
}"""


@pytest.fixture
def long_words(settings: Settings, tmp_path: Path) -> str:
    """A language in which everything takes two fifths more room. It goes by the name of German."""
    catalog = Catalog(locale="de")
    for message in translations.collected():
        texts = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        if texts[0].strip():
            longer = tuple(f"{text}{_padding(text)}" for text in texts)
            catalog.add(message.id, longer if len(texts) > 1 else longer[0], context=message.context)
    place = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    place.parent.mkdir(parents=True)
    with place.open("wb") as out:
        write_mo(out, catalog)
    settings.LOCALE_PATHS = [str(tmp_path)]
    return "de"


@pytest.fixture
def ticket(rosa: Person, ada: Person) -> Ticket:
    # The test before this one has emptied every table, those that a migration fills, too.
    import_module("firstline.work.tickets.migrations.0002_statuses").add(apps, None)
    opened = open_ticket(rosa, "VPN drops every ten minutes", by=rosa)
    take(opened, by=ada)
    reply(opened, "We are looking into it.", by=ada)
    note(opened, "Same certificate as last month.", by=ada)
    return opened


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["vi", "long"])
@pytest.mark.parametrize("place", ["desk", "portal"])
def test_the_words_fit_into_the_page(
    language: str, width: int, place: str, ticket: Ticket, sign_in: SignIn, screenshot: Screenshot,
    request: pytest.FixtureRequest, ada: Person, trap: Trap,
) -> None:  # fmt: skip
    trap.allow("404")  # /live, which only the real server serves
    spoken = request.getfixturevalue("long_words") if language == "long" else language
    reader = ada if place == "desk" else ticket.requester
    if place == "desk":
        grant(ada, "admin", by=None)
    edit_own(reader, changes={"language": spoken}, by=reader)
    page = sign_in(reader)
    page.set_viewport_size({"width": width, "height": 900})

    found = {path: misfits for path in (DESK if place == "desk" else PORTAL) if (misfits := _visit(
        page, path.format(ticket.pk), spoken, lambda name: screenshot(f"{language}-{width}-{name}")
    ))}  # fmt: skip

    assert found == {}


def _visit(page: Page, path: str, language: str, keep: Any) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    assert (answer.status, page.get_attribute("html", "lang")) == (200, language)
    keep(path.strip("/").replace("/", "-").partition("?")[0] or "home")
    misfits: list[str] = page.evaluate(MISFITS)
    return misfits


def _padding(text: str) -> str:
    words = " sehr viel länger als dies ist es auf alle Fälle" * 8
    return words[: max(2, round(len(text) * 0.4))].rstrip() + "·"
