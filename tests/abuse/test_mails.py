"""Every mail we write, about things that mean harm: scanners follow its links, and a browser opens it (A15, C14, E7).

The mails are those of a whole working day: the world of the journeys, with everybody told of everything by mail, and
hostile words wherever people may write some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Dialog, Route

from firstline.channels.email.actions.appointments import write_letter
from firstline.channels.email.actions.invite import invite_some
from firstline.channels.email.models import OutgoingMail
from firstline.channels.email.tests.letters import arrive, letter
from firstline.channels.email.tests.test_notices import Sink, go, sink, words_of  # noqa: F401 -- a fixture
from firstline.core.actions import acting
from firstline.flow.surveys.actions.ask import ask_after_escalation
from firstline.flow.surveys.models import PulseInvitation, PulseRound
from firstline.people.accounts.models import Person
from firstline.people.notifications.actions.choose import choose
from firstline.people.notifications.fields import all_kinds
from firstline.people.notifications.models import Delivery
from firstline.people.notifications.queries import is_desk
from firstline.work.tickets.models import Ticket
from tests.cast import PASSWORD
from tests.journeys.world import fill

from .browser import launched
from .payloads import ACT

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOSTILE = f"\"'><img src=x onerror={ACT}></title><script>{ACT}</script>{{{{7*7}}}} {{link}} http://evil.example/x"
# What people write about; names that rooms look up by (keys, settings) stay as they are.
WRITTEN = {"subject", "title", "reason", "remark", "comment", "question", "words"}
LINK = re.compile(r"https?://[^/\s\"'<>]+(/[^\s\"'<>)]*)")
HREF = re.compile(r"""(?:href|src|action|background|poster)\s*=\s*["']?([^"'\s>]+)""")


@pytest.fixture
def mails(sink: Sink, settings: Any) -> list[OutgoingMail]:  # noqa: F811 -- the fixture
    """All that was written in that world, sent."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MAILERS = {"default": {"BACKEND": "firstline.config.mail.Outbox"}}  # as it is outside of tests
    fill(8)
    everybody = list(Person.objects.filter(is_active=True, email__isnull=False))
    for each in everybody:
        kinds = [kind.key for kind in all_kinds(is_desk=is_desk(each)) if "mail" in kind.channels]
        choose(each, {(kind, "mail"): True for kind in kinds}, by=each)
    _turn_hostile()
    rosa = Person.objects.get(email="rosa@firstline.example")
    for name in ("account_request_login_code", "account_reset_password", "account_signup"):
        Client().post(reverse(name), {"email": rosa.email, "password1": PASSWORD})
    ask_after_escalation(Ticket.objects.filter(requester=rosa)[0], [(rosa, "team")], by=None)
    with acting():
        PulseInvitation.objects.update(is_mailed=False)
    invite_some(PulseRound.objects.get().pk)
    arrive(letter(subject=HOSTILE[:70], sender=f"Rosa <{rosa.email}>"))
    with acting():
        write_letter(Ticket.objects.filter(requester=rosa)[0], rosa, HOSTILE, HOSTILE, [])
    go()
    return list(OutgoingMail.objects.order_by("id"))


def _turn_hostile() -> None:
    with acting():
        for model in apps.get_models():
            if not model.__module__.startswith("firstline") or not model._meta.managed or model is OutgoingMail:
                continue
            fields = [
                each for each in model._meta.concrete_fields
                if each.name in WRITTEN and type(each) in {CharField, TextField} and not each.choices
            ]  # fmt: skip
            for each in fields:
                rows = model._base_manager.exclude(**{each.name: ""})
                rows.update(**{each.name: HOSTILE[: each.max_length or 500]})
        Person.objects.update(name=HOSTILE[:80])


def links(mail: OutgoingMail) -> Iterator[str]:
    found = [*LINK.findall(mail.text), *(LINK.fullmatch(unescape(each)) for each in HREF.findall(mail.html))]
    yield from {each if isinstance(each, str) else each[1] for each in found if each}


def everything() -> dict[str, list[str]]:
    """Every row of every table, but for sessions."""
    return {
        model._meta.db_table: sorted(repr(row) for row in model._base_manager.values_list())
        for model in apps.get_models()
        if model._meta.db_table != "django_session"
    }


@pytest.mark.abuse("A15", "E7")
def test_a_scanner_that_opens_every_link_changes_nothing_uses_nothing_up_and_is_nobody(
    mails: list[OutgoingMail],
) -> None:
    own = sorted({path for mail in mails for path in links(mail)})
    assert {mail.purpose for mail in mails} >= {
        "notice", "reply", "receipt", "solved", "account", "rate", "pulse", "letter"
    }  # fmt: skip
    assert Delivery.objects.filter(channel="mail").values("notice__kind").distinct().count() >= 16
    acting_ones = [path for path in own if path.startswith(("/decisions/", "/feedback/", "/pulse/"))]
    assert len(acting_ones) > 10
    before = everything()

    for path in own:
        scanner, answer = Client(raise_request_exception=False), None
        for ask in (scanner.get, scanner.head, scanner.get):
            answer = ask(path, follow=True)
            assert answer.status_code < 500, path
        assert "_auth_user_id" not in scanner.session, path
        # Without a session, nothing but its own page: whatever lies behind is asked for at the door.
        if path.startswith(("/tickets/", "/tasks/", "/requests/", "/approvals/", "/rota", "/notices/")):
            assert answer is not None
            assert answer.redirect_chain, path
            assert "/account/login/" in answer.redirect_chain[-1][0]

    assert everything() == before
    _links_still_do_what_they_are_for(own)


def _links_still_do_what_they_are_for(own: list[str]) -> None:
    ways = [path for path in own if path.startswith("/decisions/")]
    assert any(Client().post(path, {"says": "refuse", "comment": "No."}).status_code == 302 for path in ways)


@pytest.mark.abuse("E7")
def test_a_link_of_a_mail_makes_nobody_of_another_who_is_signed_in(mails: list[OutgoingMail]) -> None:
    omar = Person.objects.get(email="omar@elsewhere.example")
    browser = Client(raise_request_exception=False)
    browser.force_login(omar)

    for path in sorted({path for mail in mails if mail.to != omar.email for path in links(mail)}):
        browser.get(path, follow=True)
        assert browser.session["_auth_user_id"] == str(omar.pk), path


@pytest.mark.abuse("C14")
def test_no_mail_of_ours_does_anything_in_a_browser_that_opens_it(
    mails: list[OutgoingMail],
    sink: Sink,  # noqa: F811 -- the fixture
) -> None:
    with_markup = [mail for mail in mails if mail.html]
    assert sum("onerror" in mail.html for mail in with_markup) > 20  # hostile words are there, as words
    complaints: list[str] = []

    def judge(route: Route) -> None:
        complaints.append(f"asked {route.request.url}")
        route.abort()

    def dismiss(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    with launched() as browser:
        page = browser.new_page()
        page.on("dialog", dismiss)
        page.route("**/*", judge)
        for mail in with_markup:
            page.set_content(mail.html)
            page.mouse.move(200, 200)
            active = page.evaluate(ACTIVE)
            if page.evaluate("window.pwned") or active:
                complaints.append(f"{mail.purpose} {mail.subject[:40]}: {active}")

    assert complaints == []
    plain = [words_of(mail) for _to, mail in sink.got]
    assert sum("<img src=x" in text for text in plain) > 20  # as it was typed: plain text is plain
    assert not any("&lt;img" in text for text in plain)


ACTIVE = """[...document.querySelectorAll('script,img[onerror],iframe,form,svg,object,embed,base,meta[http-equiv]')]
    .map(each => each.outerHTML.slice(0, 80))
    .concat([...document.querySelectorAll('*')].flatMap(each => [...each.attributes]
        .filter(a => /^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value)).map(a => a.name + '=' + a.value)))"""
