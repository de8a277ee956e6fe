"""Two thousand payloads in every place where strangers' words are shown, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from markupsafe import escape

from firstline.core.actions import acting
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import Body, reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Status

from .browser import Watched
from .live import Live
from .payloads import payloads

See = Callable[[str], Watched]


@pytest.mark.slow
@pytest.mark.abuse("C3", "C4", "C5", "C6", "C9", "C10", "C15", "C16")
@pytest.mark.parametrize("place", ["mail", "typed", "files"])
@pytest.mark.parametrize(("role", "path"), [("agent", "/tickets/{}"), ("requester", "/requests/{}")])
def test_two_thousand_payloads_do_nothing(live: Live, watched: See, place: str, role: str, path: str) -> None:
    with watched(role) as browser:
        page = browser.look(path.format(live.hostile["pages"][place]))
        page.mouse.move(300, 300)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.wait_for_timeout(200)
        active = page.evaluate(ACTIVE)

    assert (browser.complaints[:20], active) == ([], [])
    assert live.hostile["payloads"] >= 2000


# In what people wrote: elements, names and addresses that have no business there.
ACTIVE = """[...document.querySelectorAll('main *')].flatMap(each => [...each.attributes]
    .filter(a => /^on/i.test(a.name) || /^\\s*(javascript|data|vbscript):/i.test(a.value) && a.name != 'src')
    .map(a => `${each.tagName} ${a.name}=${a.value}`.slice(0, 120)))"""


@pytest.mark.slow
@pytest.mark.abuse("C7", "C17", "G2")
def test_no_field_of_anything_acts_on_any_page(live: Live, watched: See) -> None:
    tickets = live.hostile["pages"]["fields"]
    ways: dict[str, list[str]] = {
        "agent": ["/", "/desk", "/queue", "/queue?view=all", "/search?q=img", "/palette?q=img", "/people?q=img",
                  "/outbox", *(f"/tickets/{pk}" for pk in tickets[:6]),
                  *(f"/tickets/{tickets[0]}/{tab}" for tab in ("merge", "split", "links", "participants"))],
        "admin": ["/settings", "/settings/tickets/statuses", "/settings/teams", "/settings/organisations",
                  "/settings/access", "/people/1", "/tickets/new"],
        "requester": ["/", "/requests", "/account/profile", *(f"/requests/{pk}" for pk in tickets[:6])],
    }  # fmt: skip
    found: list[str] = []
    shown = 0
    for role, paths in ways.items():
        with watched(role) as browser:
            for path in paths:
                page = browser.look(path)
                shown += page.content().count("onerror")
            found += [each for each in browser.complaints if not each.endswith(": 404")]

    assert found == []
    assert shown > 50  # they are there, as words


@pytest.mark.slow
@pytest.mark.abuse("G2")
def test_template_words_are_shown_as_they_were_typed(live: Live, watched: See) -> None:
    with watched("agent") as browser:
        texts = " ".join(browser.look(f"/tickets/{pk}").inner_text("main") for pk in live.hostile["pages"]["fields"])

    assert "{{7*7}}${7*7}<%= 7*7 %>{% now %}" in texts
    assert "{0.__class__.__mro__} %(password)s %s" in texts


@pytest.mark.slow
@pytest.mark.abuse("C4")
def test_what_was_cleaned_stays_clean_however_often_it_is_read(live: Live, watched: See) -> None:
    """Mutation XSS: the browser reads and writes it three times, and it must mean the same each time."""
    from firstline.channels.email.engine.sanitise import sanitise

    cleaned = [sanitise(text) for text in payloads()]
    with watched("agent") as browser:
        page = browser.look("/requests")
        changed = page.evaluate(READ_AGAIN, cleaned)

    assert (changed, browser.complaints) == ([], [])


@pytest.mark.abuse("C7", "G2")
@pytest.mark.parametrize("name", ['"><img src=x onerror=alert(1)>', "Waiting, 50% done", "100 %", "%(n)s", "{{7*7}}"])
def test_a_status_may_have_any_name_on_every_page(name: str, ada: Person, rosa: Person) -> None:
    """Jinja takes for HTML what `_(name)` answers, and fills per cent signs in it; found here in 2026."""
    ticket = open_ticket(rosa, "Screen", by=rosa)
    with acting():
        Status.objects.all().update(name=name, requester_label=name)
    client, own = Client(raise_request_exception=False), Client(raise_request_exception=False)
    client.force_login(ada)
    own.force_login(rosa)
    pages = [client.get(path) for path in ("/queue", f"/tickets/{ticket.pk}", "/desk", f"/palette?q={ticket.pk}")]
    pages += [own.get(path) for path in ("/requests", f"/requests/{ticket.pk}")]

    assert [page.status_code for page in pages] == [200] * 6
    assert not any("<img src=x" in page.text for page in pages)
    assert sum(str(escape(name)) in page.text for page in pages) >= 4


@pytest.mark.abuse("C5")
def test_words_about_style_are_words(ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Screen", by=rosa)
    html = '<p style="color:red" title="a style=&quot;b&quot;">write style="x" here</p>'

    message = reply(ticket, Body("x", html), by=ada)

    assert message.shown_html == '<p title="a style=&quot;b&quot;">write style="x" here</p>'


READ_AGAIN: Any = """texts => texts.filter(text => {
    const read = html => { const page = new DOMParser().parseFromString(html, 'text/html'); return page.body.innerHTML }
    const twice = read(read(read(text)))
    const doubtful = new DOMParser().parseFromString(twice, 'text/html')
        .querySelectorAll('script,style,svg,math,iframe,object,embed,form,input,base,meta,link,template,noscript')
    return doubtful.length || [...new DOMParser().parseFromString(twice, 'text/html').querySelectorAll('*')]
        .some(each => [...each.attributes].some(a => /^on/i.test(a.name)))
})"""
